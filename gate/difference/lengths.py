"""Texts of any length in a comment of a limited one: a single value never takes the place of all others."""

from typing import Final

LONGEST: Final = 600
"""Characters of a sentence."""
LONGEST_NAME: Final = 200
LONGEST_VALUE: Final = 160
_BEFORE: Final = 40
"""Characters that are shown of what two long values have in common before they differ."""


def cut(value: object, longest: int = LONGEST) -> str:
    """A text whose middle is left out where it is too long; the end often tells two of them apart."""
    text = str(value)
    if len(text) <= longest:
        return text
    rest = len(text) - longest
    half = longest // 2
    return f"{text[:half]} … ({rest} more characters) … {text[-(longest - half) :]}"


def window(before: str, after: str) -> tuple[str, str]:
    """Two values from where they begin to differ, where they are too long to be shown whole."""
    if max(len(before), len(after)) <= LONGEST_VALUE:
        return before, after
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    start = max(0, same - _BEFORE)
    return _part(before, start), _part(after, start)


def _part(text: str, start: int) -> str:
    shown = text[start : start + LONGEST_VALUE]
    return f"{'…' if start and text else ''}{shown}{'…' if start + LONGEST_VALUE < len(text) else ''}"
