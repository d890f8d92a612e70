"""One question and its answer: ok, bad, or that it could not be asked. What fails on the way is never an ok."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["ok", "bad", "could not ask"]
OK: Final = "ok"
BAD: Final = "bad"
COULD_NOT_ASK: Final = "could not ask"


class CannotAskError(Exception):
    """An answer that says nothing about the question; the text is ours and holds no credential."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """``asked`` says what was asked of whom, ``says`` what that means and, where it is bad, what to do."""

    area: str
    subject: str
    asked: str
    verdict: Verdict
    says: str


def check(area: str, subject: str, asked: str, judge: Callable[[], tuple[bool, str]]) -> Check:
    """Ask, and say whether it is well. A fault of any kind is ``could not ask``, in words that hold no credential."""
    try:
        fine, says = judge()
        verdict: Verdict = OK if fine else BAD
    except CannotAskError as error:
        verdict, says = COULD_NOT_ASK, str(error)
    except Exception as error:  # noqa: BLE001 whatever it is, nothing was learnt; its words may quote a request
        verdict, says = COULD_NOT_ASK, f"the answer could not be read ({type(error).__name__})"
    return Check(area=area, subject=subject, asked=asked, verdict=verdict, says=says)


def listed(words: object, most: int = 6) -> str:
    """Names in a sentence, the first few where they are many."""
    names = (
        [str(word) for word in words]
        if isinstance(words, list | tuple | set | frozenset | dict)
        else [str(words)]
    )
    shown = sorted(names) if isinstance(words, set | frozenset) else names
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
