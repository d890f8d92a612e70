"""Containers that take a model from a hub, as findings."""

from collections.abc import Iterator
from typing import Final

from policies.analysis.kserve import model_hubs as hubs
from policies.analysis.pods.pod import Container
from policies.engine.rule import Offence

_OFFLINE: Final = "HF_HUB_OFFLINE"


def hub_offences(container: Container, *, must_be_offline: bool = False) -> Iterator[Offence]:
    """What a container takes from a hub; that it must be told to ask none is the platform's own way."""
    found = list(hubs.asked(container.says))
    if not found and must_be_offline and not hubs.is_offline(container.says):
        place = hubs.variable_place(container.says, _OFFLINE)
        found = [hubs.Asked(place, f"may ask a hub ({_OFFLINE} is not 1)", "")]
    for asked in found:
        yield Offence(
            path=f"{container.path}.{asked.place}",
            problem=f"container {container.name} {asked.what}",
            value=asked.value or None,
        )
