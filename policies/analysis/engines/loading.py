"""How long the kubelet leaves an engine alone while it loads, against how long loading takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from facts.start_times import start_times
from policies.analysis.engines.pods import EnginePod
from policies.analysis.engines.started import Started, started
from policies.analysis.engines.weights import gigabytes
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number

_ASKS: Final = ("httpGet", "tcpSocket", "grpc")
"""Probes that fail until the server listens; what a command answers is not known."""
_DEFAULTS: Final = {"initialDelaySeconds": 0, "periodSeconds": 10, "failureThreshold": 3}
_LEAST: Final = 30.0
"""What the API's defaults allow: even an engine without weights takes longer to import what it needs."""


@dataclass(frozen=True)
class _Held:
    """An engine that a probe ends: where the probe stands, the seconds it leaves, and the GB to load until then."""

    path: str
    allowed: float
    size: float
    engine: Started

    @property
    def is_unwarned(self) -> bool:
        return self.path.endswith("livenessProbe")

    def offence(self, problem: str) -> Offence:
        alone = " and no startupProbe holds it back" if self.is_unwarned else ""
        return Offence(
            path=self.path, problem=f"allows {self.allowed:.0f} s{alone}, and {problem}", value=self.allowed
        )


def killed_while_loading(pod: EnginePod) -> Iterator[Offence]:
    """Where less time is left than the smallest weights that were measured take, or what their name says."""
    for held in _held(pod):
        size, at_least = held.size, _least(min(held.size, _smallest()))
        if held.allowed < at_least or (held.allowed <= _LEAST and at_least <= _LEAST):
            what = f"its weights of {size:g} GB" if gigabytes(held.engine) else f"even weights of {size:g} GB"
            yield held.offence(f"{held.engine.name} starts with {what} in about {_takes(size):.0f} s")


def outlasted_by_weights(pod: EnginePod) -> Iterator[Offence]:
    """Where the time left is enough for small weights, and not for those the name speaks of."""
    for held in _held(pod):
        named = gigabytes(held.engine)
        # Who wrote a startup probe has thought of the start, and may have the files on the node.
        is_enough = _least(min(held.size, _smallest())) <= held.allowed
        if held.is_unwarned and named and is_enough and held.allowed < _takes(named):
            took = f"{named:g} GB of weights took {_takes(named):.0f} s from S3 onto a gp3 disk"
            yield held.offence(took)


def _held(pod: EnginePod) -> Iterator[_Held]:
    for path, container, engine in started(pod):
        if not engine.engine.loads_gigabytes:
            continue
        allowed = _allowed(container)
        if allowed is not None:
            probe, seconds = allowed
            size = gigabytes(engine) or engine.engine.loads_gigabytes
            yield _Held(f"{path}.{probe}", seconds, size, engine)


def _allowed(container: Mapping[str, Any]) -> tuple[str, float] | None:
    """What kills first and the seconds it leaves; None where nothing does.

    A startup probe holds the liveness probe back until it has answered once, and kills when its time is over.
    """
    for name in ("startupProbe", "livenessProbe"):
        probe = mapping(at(container, name), name)
        if any(at(probe, kind) is not None for kind in _ASKS):
            return name, _seconds(probe, name)
        if probe:
            return None
    return None


def _seconds(probe: Mapping[str, Any], name: str) -> float:
    said = {
        key: default if (value := number(at(probe, key), f"{name}.{key}")) is None else value
        for key, default in _DEFAULTS.items()
    }
    return said["initialDelaySeconds"] + said["periodSeconds"] * said["failureThreshold"]


def _smallest() -> float:
    return start_times().paths["s3"][0].gigabytes


def _least(size: float) -> float:
    """The shortest start that was measured, in proportion where the weights are smaller."""
    first = start_times().paths["s3"][0]
    return max(_LEAST, min(first.cold, first.warm) * size / first.gigabytes)


def _takes(size: float) -> float:
    """Between the sizes that were measured, on a line; beyond them, in proportion."""
    measured = [(one.gigabytes, min(one.cold, one.warm)) for one in start_times().paths["s3"]]
    if size <= measured[0][0]:
        return max(_LEAST, measured[0][1] * size / measured[0][0])
    for (low, fast), (high, slow) in pairwise(measured):
        if size <= high:
            return fast + (slow - fast) * (size - low) / (high - low)
    return measured[-1][1] * size / measured[-1][0]
