"""The Kubernetes API, read-only, with the token that EKS takes: a signed question that only AWS can check."""

import base64
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from botocore.signers import RequestSigner

from gate.live.ask.aws import Aws
from gate.live.ask.check import CannotAskError

_SECONDS: Final = 15
_MOST_BYTES: Final = 64_000_000
_PAGE: Final = 500
_VALID_SECONDS: Final = 60


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the API server and to nobody it names."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class ApiServer:
    """Where the API answers and by which authority it is known; the token is in no representation of this."""

    address: str
    authority: str = field(repr=False)
    """The cluster's certificate authority, in PEM."""
    token: str = field(repr=False)

    def get(self, path: str, **query: str) -> Mapping[str, Any]:
        """One object or page."""
        return self._send("GET", f"{path}?{urlencode(query)}" if query else path)

    def list(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """All items of a listing, page by page."""
        more: dict[str, str] = {}
        while True:
            page = self.get(path, limit=str(_PAGE), **query, **more)
            yield from page.get("items") or []
            following = page.get("metadata", {}).get("continue")
            if not following:
                return
            more = {"continue": following}

    def who(self) -> str:
        """As whom the API server knows the caller (a review is answered and not stored)."""
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        said = self._send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
        return str(said["status"]["userInfo"]["username"])

    def _send(self, method: str, path: str, body: object = None) -> Mapping[str, Any]:
        request = Request(  # noqa: S310 the scheme was looked at (connect)
            f"{self.address}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
        )
        what = f"{method} {path.partition('?')[0]}"
        try:
            context = ssl.create_default_context(cadata=self.authority)
            opener = build_opener(HTTPSHandler(context=context), _NoRedirect)
            with opener.open(request, timeout=_SECONDS) as answer:
                said = json.loads(answer.read(_MOST_BYTES))
        except HTTPError as error:
            error.close()
            raise NotAnsweredError(what, error.code) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise CannotAskError(
                f"{what}: the API server was not reached ({type(reason).__name__}); it is private: ask from a network "
                "that reaches it"
            ) from None
        except ValueError:
            raise CannotAskError(f"{what}: the answer is no JSON") from None
        if not isinstance(said, dict):
            raise CannotAskError(f"{what}: the answer is no object")
        return said


class NotAnsweredError(CannotAskError):
    """The API server refused."""

    def __init__(self, what: str, code: int) -> None:
        self.code = code
        super().__init__(f"{what}: the API server answered {code}")


def connect(aws: Aws, cluster: str) -> ApiServer:
    """The API server of a cluster, from what EKS says of it.

    Raises:
        CannotAskError: EKS does not say where it is, or it is no HTTPS address.
    """
    found = aws.ask("eks", "describe_cluster", name=cluster)["cluster"]
    address, authority = (
        found.get("endpoint") or "",
        (found.get("certificateAuthority") or {}).get("data") or "",
    )
    if urlsplit(address).scheme != "https" or not authority:
        raise CannotAskError(f"eks:describe_cluster says no HTTPS endpoint and authority of {cluster}")
    pem = base64.b64decode(authority).decode("ascii")
    return ApiServer(address=address.rstrip("/"), authority=pem, token=_token(aws, cluster))


def _token(aws: Aws, cluster: str) -> str:
    """A presigned sts:GetCallerIdentity that names the cluster (as ``aws eks get-token`` makes it; EKS user guide)."""
    client = aws.client("sts")
    signer = RequestSigner(
        client.meta.service_model.service_id,
        aws.region,
        "sts",
        "v4",
        aws.credentials(),
        client.meta.events,
    )
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"{client.meta.endpoint_url.rstrip('/')}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        },
        region_name=aws.region,
        expires_in=_VALID_SECONDS,
        operation_name="",
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def in_namespace(group: str, namespace: str, plural: str) -> str:
    """The path of a listing; ``group`` is ``api/v1`` or ``apis/GROUP/VERSION``."""
    return f"/{group}/namespaces/{quote(namespace, safe='')}/{plural}"
