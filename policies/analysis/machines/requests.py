"""What a pod asks for, as the scheduler counts it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.engine.values import UndecidedError, at, known, mapping, mebibytes, sequence, text

GPU: Final = "nvidia.com/gpu"
_CPU: Final = re.compile(r"(\d+(?:\.\d+)?)(m?)")


@dataclass(frozen=True)
class Requests:
    """Amounts of one pod: millicores, MiB, GPUs."""

    cpu_m: int = 0
    memory_mib: int = 0
    gpus: int = 0

    def __add__(self, other: "Requests") -> "Requests":
        return Requests(self.cpu_m + other.cpu_m, self.memory_mib + other.memory_mib, self.gpus + other.gpus)

    def times(self, count: int) -> "Requests":
        return Requests(self.cpu_m * count, self.memory_mib * count, self.gpus * count)

    def most(self, other: "Requests") -> "Requests":
        return Requests(
            max(self.cpu_m, other.cpu_m), max(self.memory_mib, other.memory_mib), max(self.gpus, other.gpus)
        )


def millicores(value: Any, path: str = "") -> int:
    """An amount of processors (``500m``, ``2``, ``0.5``)."""
    match = _CPU.fullmatch(str(known(value, path)))
    if match is None:
        raise UndecidedError(f"{path or 'value'}: expected an amount like 500m or 2, got {value!r}")
    return round(float(match[1]) * (1 if match[2] else 1000))


def of_resources(resources: Mapping[str, Any], path: str = "resources") -> Requests:
    """What one container asks for; a limit without a request is the request."""
    limits = mapping(at(resources, "limits"), f"{path}.limits")
    asked = {**limits, **mapping(at(resources, "requests"), f"{path}.requests")}
    gpus = asked.get(GPU, 0)
    if not str(known(gpus, f"{path}.requests.{GPU}")).isdecimal():
        raise UndecidedError(f"{path}.requests.{GPU}: expected a number, got {gpus!r}")
    return Requests(
        millicores(asked.get("cpu", 0), f"{path}.requests.cpu"),
        round(mebibytes(asked.get("memory", 0), f"{path}.requests.memory")),
        int(gpus),
    )


def of_pod(spec: Mapping[str, Any]) -> Requests:
    """Containers and sidecars together, or the largest init container with the sidecars before it."""
    running = Requests()
    for container in sequence(at(spec, "containers"), "containers"):
        running += of_resources(mapping(at(container, "resources"), "resources"))
    sidecars, starting = Requests(), Requests()
    for container in sequence(at(spec, "initContainers"), "initContainers"):
        own = of_resources(mapping(at(container, "resources"), "resources"))
        if text(at(container, "restartPolicy"), "restartPolicy") == "Always":
            sidecars += own
            starting = starting.most(sidecars)
        else:
            starting = starting.most(sidecars + own)
    overhead = of_resources({"requests": mapping(at(spec, "overhead"), "overhead")})
    return (running + sidecars).most(starting) + overhead
