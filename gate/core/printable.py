"""Text of others where it is shown: names and messages may come from files nobody here wrote."""

import unicodedata
from typing import Final

_CONTROL: Final = frozenset({"Cc", "Cf", "Cs"})
"""Control, formatting (such as right-to-left marks) and half characters."""
_BREAKS: Final = frozenset({"Zl", "Zp"})
_LONGEST: Final = 1000


def printable(value: object) -> str:
    """Text without what would steer a terminal; its lines stay."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in _CONTROL else ascii(c)[1:-1] for c in str(value)
    )


def one_line(value: object) -> str:
    """The same in one line: a name with a line break in it could write lines of its own into a report or a log."""
    text = "".join(
        ascii(c)[1:-1] if c == "\n" or unicodedata.category(c) in _BREAKS else c for c in printable(value)
    )
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"
