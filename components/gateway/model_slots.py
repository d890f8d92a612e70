"""At which of the edge's two places a version of a language model stands, for as long as it runs.

The AI gateway calls a backend by its position in ``backendRefs`` (v1.0.0, ``internal/internalapi``; read: 2026-11-28),
and its processor learns of a change seconds after Envoy: a version that moves to another position is answered with 500
until then. So a version's place follows from what the stack file says of that version alone, and from no other version
that comes or goes.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

Slot = Literal["a", "b"]
SLOTS: Final[tuple[Slot, ...]] = ("a", "b")


def slot_of(version: str, chosen: Slot | None) -> Slot:
    """The place the stack file names; else a for odd numbers and b for even ones, so that neighbours never meet."""
    return chosen or SLOTS[(int(version[1:]) + 1) % len(SLOTS)]


def slot_problems(chosen: Mapping[str, Slot | None]) -> Iterator[str]:
    """A line for each place at which two versions of a model would stand."""
    for slot in SLOTS:
        here = sorted((v for v, said in chosen.items() if slot_of(v, said) == slot), key=lambda v: int(v[1:]))
        if len(here) > 1:
            yield (
                f"versions: one version a slot (got {' and '.join(here)} in slot {slot}); give the newest slot: "
                f"{'b' if slot == 'a' else 'a'} if nothing runs there, and never change it on a version that runs"
            )
