"""The options of the instance metadata service (IMDS), which launch templates, instances and node classes share."""

from collections.abc import Iterator
from typing import Any

from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number, text


def offences(
    said: Any, path: str, *, has_pods: bool = True, is_safe_unset: bool = False, wants_hops: bool = False
) -> Iterator[Offence]:
    """What leaves the credentials of a machine to a forged request, or to pods.

    Args:
        said: ``metadataOptions`` as the resource has it.
        path: where it stands in the resource.
        has_pods: whether pods may run there: then more than one hop reaches them. Other machines may need more.
        is_safe_unset: whether what is not set is ``required`` and one hop; EC2 itself has ``optional``.
        wants_hops: whether the limit of hops must be written down.

    Raises:
        UndecidedError: a value is unknown.
    """
    options = mapping(said, path)
    if text(at(options, "httpEndpoint"), f"{path}.httpEndpoint") == "disabled":
        return
    tokens = text(at(options, "httpTokens"), f"{path}.httpTokens")
    if tokens != "required" and (tokens or not is_safe_unset):
        lost = "from a pod reads the node's credentials" if has_pods else "reads its credentials"
        yield Offence(
            path=f"{path}.httpTokens",
            problem=f"is not required: one forged request {lost}",
            value=tokens or None,
        )
    if has_pods:
        yield from _hops(options, path, wants_hops=wants_hops)


def _hops(options: Any, path: str, *, wants_hops: bool) -> Iterator[Offence]:
    where = f"{path}.httpPutResponseHopLimit"
    hops = number(at(options, "httpPutResponseHopLimit"), where)
    if hops is None and wants_hops:
        yield Offence(path=where, problem="is not set: the image may allow two hops, which reaches into pods")
    elif hops is not None and hops > 1:
        yield Offence(
            path=where, problem=f"{int(hops)} hops let pods take the node's credentials", value=int(hops)
        )
