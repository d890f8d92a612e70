"""Requests that the API server takes only with the same limit: devices, huge pages, whatever cannot be overcommitted.

``validateResourceRequirements`` of ``pkg/apis/core/validation`` (Kubernetes 1.35): a name with a slash that is not of
kubernetes.io, and ``hugepages-SIZE``, "must be equal to" its limit, and "Limit must be set" (from memory, 2026-11-30).
"""

from collections.abc import Iterator
from typing import Any, Final

from policies.analysis.pods.pod import Container
from policies.engine.property_paths import below
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, mebibytes

_PAGES: Final = "hugepages-"


def _is_fixed(name: str) -> bool:
    return name.startswith(_PAGES) or ("/" in name and "kubernetes.io/" not in name)


def unmatched_requests(container: Container) -> Iterator[Offence]:
    """Requests of a container whose limit is another one, or is not there.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    requests = mapping(at(container.says, "resources.requests"), "resources.requests")
    limits = mapping(at(container.says, "resources.limits"), "resources.limits")
    for name, asked in requests.items():
        if not _is_fixed(str(name)):
            continue
        path = below(f"{container.path}.resources.limits", str(name))
        if limits.get(name) is None:
            yield Offence(path=path, problem=f"is not set, and container {container.name} requests {asked}")
        elif not _is_equal(asked, limits[name]):
            yield Offence(
                path=path,
                problem=f"{limits[name]}, and container {container.name} requests {asked}",
                value=limits[name],
                expected="the same",
            )


def _is_equal(one: Any, other: Any) -> bool:
    return str(one) == str(other) or mebibytes(one) == mebibytes(other)
