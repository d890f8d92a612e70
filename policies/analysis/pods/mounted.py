"""Which Secrets a pod cannot start without: those it mounts or reads variables from, but for what it calls optional."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.pods.pod import Pod
from policies.engine.values import flag, mapping, sequence, text

_LISTS: Final = ("initContainers", "containers")


def secrets(pod: Pod) -> Iterator[tuple[str, str]]:
    """Path and name of each, in the order of the pod's spec.

    Raises:
        UndecidedError: one of them cannot be read.
    """
    for index, volume in enumerate(_maps(pod.spec, "volumes")):
        place = pod.below(f"volumes[{index}]")
        yield from _named(volume.get("secret"), f"{place}.secret", "secretName")
        projected = mapping(volume.get("projected"), f"{place}.projected")
        for number, source in enumerate(_maps(projected, "sources")):
            yield from _named(source.get("secret"), f"{place}.projected.sources[{number}].secret", "name")
    for part in _LISTS:
        for index, container in enumerate(_maps(pod.spec, part)):
            place = pod.below(f"{part}[{index}]")
            for number, one in enumerate(_maps(container, "envFrom")):
                yield from _named(one.get("secretRef"), f"{place}.envFrom[{number}].secretRef", "name")
            for number, one in enumerate(_maps(container, "env")):
                value = mapping(one.get("valueFrom"), "valueFrom")
                where = f"{place}.env[{number}].valueFrom.secretKeyRef"
                yield from _named(value.get("secretKeyRef"), where, "name")


def _maps(owner: Mapping[str, Any], field: str) -> Iterator[Mapping[str, Any]]:
    for one in sequence(owner.get(field), field):
        yield mapping(one, field)


def _named(value: Any, path: str, key: str) -> Iterator[tuple[str, str]]:
    ref = mapping(value, path)
    if ref and not flag(ref.get("optional"), f"{path}.optional"):
        yield f"{path}.{key}", text(ref.get(key), f"{path}.{key}")
