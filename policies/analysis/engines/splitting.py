"""Over how many devices an engine splits a model, what its pod gets, and the memory its parts share."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.engines import engines
from policies.analysis.engines.pods import EnginePod, main_containers
from policies.analysis.engines.started import Started, started
from policies.engine.rule import Offence
from policies.engine.values import at, flag, known, mapping, mebibytes, sequence, text

_SHARED: Final = "/dev/shm"  # noqa: S108 where a pod's memory is shared, and no file of ours


def parts(engine: Started) -> int | None:
    """Into how many parts the engine splits one copy's worth of devices; None where that is not in view."""
    facts = engine.engine
    if any(engine.value([name]) is not None for name in facts.spread):
        return None
    if any(engine.value([name]) == value for name, value in facts.spread_values.items()):
        return None
    inner = {o for mark, options in facts.within.items() if engine.value([mark]) is not None for o in options}
    product = 1
    for options in facts.splits:
        # Of one dimension in two spellings, the narrower one stands first.
        first = next((o for o in options if engine.value([o]) is not None), None)
        if first is None or inner & set(options):
            continue
        if engine.is_open([first]):
            return None
        product *= engine.number([first]) or 1
    return product


def too_few_devices(pod: EnginePod) -> Iterator[Offence]:
    """Where an engine is split over more devices than its pod, or its group of pods, asks for."""
    for path, container, engine in started(pod):
        wanted = None if pod.is_shared else parts(engine)
        asked = _asked(pod, container)
        if wanted is not None and asked is not None and wanted > 1 and asked < wanted:
            whose = "the pods of its group ask" if pod.group else "the container asks"
            yield Offence(
                path=f"{path}.resources.limits",
                problem=f"{engine.name} splits the model over {wanted} GPUs, and {whose} for {asked}",
                value=asked,
            )


def _asked(pod: EnginePod, container: Mapping[str, Any]) -> int | None:
    if not pod.group:
        return None if at(pod.spec, "resourceClaims") is not None else devices(container)
    total = 0
    for spec, count in pod.group:
        own = [devices(c) for c in main_containers(spec)]
        if at(spec, "resourceClaims") is not None or (own and all(one is None for one in own)):
            return None
        total += count * max((one or 0 for one in own), default=0)
    return total


def devices(container: Mapping[str, Any]) -> int | None:
    """Whole devices a container asks for; None where it asks for none that is known, or for shares of one.

    An engine on processors splits too, and a node may hand out GPUs without being asked.
    """
    asked = {
        **mapping(at(container, "resources.requests"), "resources.requests"),
        **mapping(at(container, "resources.limits"), "resources.limits"),
    }
    found = [str(known(asked[name], name)) for name in engines().devices if name in asked]
    return sum(int(one) for one in found) if found and all(one.isdecimal() for one in found) else None


def shared_memory_problem(pod: EnginePod) -> Iterator[Offence]:
    """Where parts of one engine have no memory to hand each other data in."""
    if flag(at(pod.spec, "hostIPC"), "hostIPC"):
        return
    for path, container, engine in started(pod):
        split = parts(engine)
        is_split = engine.engine.shares_memory and (split or 1) > 1 and (devices(container) or 0) > 1
        if is_split and not any(engine.told.get(name) == "1" for name in engines().unshared):
            problem = _of_volume(pod.spec, container)
            if problem:
                yield Offence(
                    path=f"{path}.volumeMounts",
                    problem=f"{problem}, and {engine.name} shares memory between its {split} parts",
                )


def _of_volume(pod: Mapping[str, Any], container: Mapping[str, Any]) -> str:
    least = engines().shared_memory_mib
    for mount in sequence(at(container, "volumeMounts"), "volumeMounts"):
        if text(at(mount, "mountPath"), "mountPath").rstrip("/") != _SHARED:
            continue
        name = text(at(mount, "name"), "volumeMounts.name")
        for volume in sequence(at(pod, "volumes"), "volumes"):
            if at(volume, "name") != name or at(volume, "emptyDir") is None:
                continue
            if text(at(volume, "emptyDir.medium"), "emptyDir.medium") != "Memory":
                return f"{_SHARED} is an emptyDir on the node's disk"
            limit = at(volume, "emptyDir.sizeLimit")
            if limit is not None and mebibytes(limit, "emptyDir.sizeLimit") <= least:
                return f"{_SHARED} is limited to {limit}"
        return ""
    return f"no volume at {_SHARED}, so that it has {least} MiB"
