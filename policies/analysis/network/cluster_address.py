"""Whether an address is one of the cluster's own services."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from policies.engine.values import UndecidedError

_DOMAINS: Final = (".svc", ".svc.cluster.local", ".cluster.local")
_INTERNATIONAL: Final = "xn--"


def parsed(address: str) -> SplitResult:
    """A URL in its parts; a host alone begins with two slashes.

    Raises:
        UndecidedError: it is none.
    """
    try:
        return urlsplit(address)
    except ValueError as error:
        raise UndecidedError(f"{address!r} is no address: {error}") from None


def is_inside(host: str, namespace: str = "") -> bool:
    """A bare name, a name in Kubernetes' own domain, or SERVICE.NAMESPACE.

    What follows the one dot of the last is a namespace where it is the asker's own or the default one, or has a
    dash: no top-level domain has one but those that begin with xn--.
    """
    if "." not in host or host.endswith(_DOMAINS):
        return bool(host)
    service, _, domain = host.partition(".")
    is_namespace = domain in {namespace, "default"} or (
        "-" in domain and not domain.startswith(_INTERNATIONAL)
    )
    return bool(service) and "." not in domain and is_namespace
