"""Texts of runs in a bucket: a folder an agent and class of data, which the bucket itself empties after its days."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from runtime.loops.agents.store import canonical, digest_of
from runtime.loops.ports import UnavailableError

_MISSING: Final = frozenset({"NoSuchKey", "404"})
_TIMES: Final = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3, "mode": "standard"})


def s3_client(region: str) -> Any:
    """Speaks to S3 with the credentials of the pod's own role."""
    return botocore.session.get_session().create_client("s3", region_name=region, config=_TIMES)


@dataclass(frozen=True, kw_only=True)
class BucketStore:
    """Texts in ``<agent>/<class>/<digest>.json``. A text that is put again is as young as then; nothing is deleted."""

    client: Any
    bucket: str
    agent: str
    classes: Sequence[str]
    """The classes of data that the agent holds, as its record says."""

    def put(self, content: Any, data_class: str, today: date) -> str:  # noqa: ARG002 the bucket counts days
        """Keep it; its digest.

        Raises:
            UnavailableError: the bucket does not answer, or refuses.
        """
        digest = digest_of(content)
        self._asked(
            "put_object",
            {
                "Key": self._key(data_class, digest),
                "Body": canonical(content),
                "ContentType": "application/json",
            },
        )
        return digest

    def get(self, digest: str) -> Any:
        """What has this digest.

        Raises:
            LookupError: nothing does, or what lies there is something else.
            UnavailableError: the bucket does not answer, or refuses.
        """
        for data_class in self.classes:
            found = self._asked("get_object", {"Key": self._key(data_class, digest)})
            if found is None:
                continue
            content = found["Body"].read()
            if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
                raise LookupError(f"{digest}: was changed after it was stored")
            return json.loads(content)
        raise LookupError(f"{digest} is not in the store: it was never there, or its days are over")

    def _asked(self, operation: str, words: Mapping[str, Any]) -> Any:
        try:
            return getattr(self.client, operation)(Bucket=self.bucket, **words)
        except ClientError as error:
            if operation == "get_object" and error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise UnavailableError(f"{self.bucket}: {error}") from None
        except BotoCoreError as error:
            raise UnavailableError(f"{self.bucket}: {error.__class__.__name__}") from None

    def _key(self, data_class: str, digest: str) -> str:
        return f"{self.agent}/{data_class}/{digest.removeprefix('sha256:')}.json"
