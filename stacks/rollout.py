"""What the entry of a version that comes beside another one says in a stack file."""

from collections.abc import Mapping
from typing import Any

from components.gateway.model_slots import SLOTS, slot_of


def entry_beside(versions: Mapping[str, Any], stable: str, version: str, *, has_slot: bool) -> dict[str, Any]:
    """The stable version's entry, in another slot of the edge where the model has one.

    Args:
        versions: the entries of the model, as a stack file holds them.
        stable: the version whose entry is taken.
        version: the one that comes.
        has_slot: whether versions of the model stand in slots, as those of language models do.
    """
    entry = {key: value for key, value in (versions.get(stable) or {}).items() if key != "slot"}
    if not has_slot:
        return entry
    taken = {slot_of(name, (said or {}).get("slot")) for name, said in versions.items()}
    free = [slot for slot in SLOTS if slot not in taken]
    if slot_of(version, None) in taken and free:
        entry["slot"] = free[0]
    return entry
