"""KEDA's objects as rules read them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.reading import at, mapping, sequence, text
from policies.record import Resource

SCALED_OBJECT: Final = "kubernetes:keda.sh/v1alpha1:ScaledObject"
_SEES_NOTHING_AT_ZERO: Final = frozenset({"cpu", "memory"})


def triggers(scaler: Resource) -> Iterator[Mapping[str, Any]]:
    for trigger in sequence(at(scaler.inputs, "spec.triggers"), "spec.triggers"):
        yield mapping(trigger, "spec.triggers")


def wakes(scaler: Resource) -> bool:
    """Whether some trigger sees work while no pod runs."""
    return any(text(at(t, "type"), "triggers.type") not in _SEES_NOTHING_AT_ZERO for t in triggers(scaler))
