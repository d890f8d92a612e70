"""How wide a text is in a sans-serif font nobody here chooses, and where it breaks: no name is ever cut."""

import re
from collections.abc import Iterator
from typing import Final

_WIDE: Final = frozenset("mwMW@%—…")
_NARROW: Final = frozenset("iljtfrI.,:;|!'()[]/- ")
_BREAKS: Final = re.compile(r"(?<=[-_])|(?<=[/.:])(?=[A-Za-z])")
_EM: Final = {"wide": 0.92, "narrow": 0.36, "capital": 0.7, "other": 0.59}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how many units a line takes; rather too many than too few."""
    total = 0.0
    for letter in text:
        kind = "narrow" if letter in _NARROW else "wide" if letter in _WIDE else "other"
        total += _EM["capital" if kind == "other" and letter.isupper() else kind]
    return total * size * (1.07 if bold else 1.0)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines that fit; it breaks at spaces and after hyphens, and within a word only where it must."""
    lines: list[str] = []
    line = ""
    for part, is_glued in _parts(text, size, room, bold=bold):
        tried = f"{line}{'' if is_glued or not line else ' '}{part}"
        if line and width(tried, size, bold=bold) > room:
            lines.append(line)
            line = part
        else:
            line = tried
    return [*lines, line] if line else lines


def _parts(text: str, size: float, room: float, *, bold: bool) -> Iterator[tuple[str, bool]]:
    """Pieces between which a line may break, and whether one hangs together with what stands before it."""
    for word in text.split():
        is_first = True
        for piece in filter(None, _BREAKS.split(word)):
            rest = piece
            while width(rest, size, bold=bold) > room and len(rest) > 1:
                fits = _fits(rest, size, room, bold=bold)
                yield rest[:fits], not is_first
                rest, is_first = rest[fits:], False
            yield rest, not is_first
            is_first = False


def _fits(text: str, size: float, room: float, *, bold: bool) -> int:
    """How many letters fit, one at least."""
    return next((n for n in range(len(text) - 1, 1, -1) if width(text[:n], size, bold=bold) <= room), 1)
