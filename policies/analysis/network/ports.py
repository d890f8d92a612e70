"""Ranges of ports, and what one leaves of others."""

from collections.abc import Iterable
from typing import Final

Span = tuple[int, int]
EVERY_PORT: Final[Span] = (0, 65535)


def within(spans: Iterable[Span], cut: Span) -> list[Span]:
    """What of the spans lies in the cut."""
    both = ((max(first, cut[0]), min(last, cut[1])) for first, last in spans)
    return [span for span in both if span[0] <= span[1]]


def without(spans: Iterable[Span], cut: Span) -> list[Span]:
    """What of the spans lies beside the cut."""
    left: list[Span] = []
    for first, last in spans:
        left += [
            span
            for span in ((first, min(last, cut[0] - 1)), (max(first, cut[1] + 1), last))
            if span[0] <= span[1]
        ]
    return left


def shown(protocol: str, span: Span) -> str:
    """A range in words."""
    first, last = span
    if span == EVERY_PORT:
        return "every port" if protocol == "all" else f"every {protocol} port"
    kind = "" if protocol == "all" else f"{protocol} "
    return f"{kind}{first}" if first == last else f"{kind}{first}-{last}"
