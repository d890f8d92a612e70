"""Who may call a model, and how much one caller may ask of it: entries of ``callers`` in a stack file."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from components.foundation.base import Settings
from facts.strict import Slug

MOST_CALLERS: Final = 32
"""Far below what the API takes (256 limits a policy, two a caller); a longer list wants a group's claim instead."""
TOKENS_PER_MINUTE: Final = 50_000
"""Where tokens are counted and the stack names no limit: there always is one."""


class CallerSettings(Settings):
    """A caller whose tokens carry this subject. What a stack does not name cannot be called."""

    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    """``sub`` as the issuer writes it, compared letter by letter."""
    requests_per_minute: int = Field(default=60, ge=1, le=1_000_000)
    tokens_per_minute: int | None = Field(default=None, ge=1, le=1_000_000_000)
    """Of prompts and answers together; 50000 where absent. Only models whose answers count tokens have it."""


Callers = Annotated[dict[Slug, CallerSettings], Field(max_length=MOST_CALLERS)]


def caller_problems(
    callers: Mapping[str, CallerSettings], *, counts_tokens: bool, longest: int = 0
) -> Iterator[str]:
    """What speaks against a model's callers, each line from the caller's name on.

    ``longest`` is the most tokens one request may hold: a smaller limit refuses whoever sends one such request.
    """
    seen: dict[str, str] = {}
    for name, caller in sorted(callers.items()):
        if caller.subject in seen:
            yield (
                f"{name}.subject: is the subject of {seen[caller.subject]} already, and both limits would count "
                f"its requests; name it once (got {caller.subject!r})"
            )
        seen.setdefault(caller.subject, name)
        if not counts_tokens and caller.tokens_per_minute is not None:
            yield (
                f"{name}.tokens_per_minute: this model's answers count no tokens; requests_per_minute is its limit "
                f"(got {caller.tokens_per_minute})"
            )
        granted = caller.tokens_per_minute or TOKENS_PER_MINUTE
        if counts_tokens and granted < longest:
            yield (
                f"{name}.tokens_per_minute: one request may hold {longest} tokens (needs.max_context of the release); "
                f"at least {longest} (got {granted})"
            )
