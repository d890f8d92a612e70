"""Waivers: who accepts which finding on which resource, why, and until when."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Strict
from facts.strict_yaml import YamlProblem, load

LONGEST = timedelta(days=180)
_OTHER_ZONES = timedelta(days=1)
"""Somebody east of Greenwich writes tomorrow's date while it is still today here."""


class Waiver(Strict):
    """One accepted finding.

    ``resource`` is the resource's ``type name`` (or ``file#kind/namespace/name`` for a judged manifest) and
    ``finding`` the message, both exact, so that a waiver never covers an offence nobody has read.
    ``stacks`` names the stacks it holds in.
    """

    rule: Annotated[str, Field(min_length=3)]
    resource: Annotated[str, Field(min_length=3)]
    finding: Annotated[str, Field(min_length=3)]
    stacks: Annotated[list[str], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=20)]
    owner: Annotated[str, Field(min_length=2)]
    created: date
    expires: date

    @model_validator(mode="after")
    def _lasts_at_most_half_a_year(self) -> Self:
        if self.expires <= self.created:
            raise ValueError(f"expires ({self.expires}) is not after created ({self.created})")
        if self.expires - self.created > LONGEST:
            latest = self.created + LONGEST
            raise ValueError(f"lasts more than {LONGEST.days} days; the latest expiry is {latest}")
        return self

    def is_in_force(self, today: date) -> bool:
        """Not yet where it is dated after today: half a year begins when somebody accepts, not at will."""
        return self.created <= today + _OTHER_ZONES and today <= self.expires

    def ended(self, today: date) -> str:
        """Why it does not hold today, in words."""
        if self.expires < today:
            return f"expired on {self.expires}"
        return f"is dated {self.created}, which is yet to come"


_ADAPTER = TypeAdapter(dict[str, Waiver])


class WaiverError(ValueError):
    """A file of waivers is unreadable or a record is wrong; ``problems`` holds a line for each."""

    def __init__(self, headline: str, problems: list[str]) -> None:
        self.headline = headline
        self.problems = problems
        super().__init__("\n".join([headline, *(f"  {problem}" for problem in problems)]))


def read_waivers(path: Path) -> dict[str, Waiver]:
    """The waivers of a file, keyed by name; an absent file holds none.

    Raises:
        WaiverError: the file is unreadable or a record is wrong; all problems are listed.
    """
    if not path.exists():
        return {}
    try:
        return _ADAPTER.validate_python(load(path.read_text(encoding="utf-8"), path.name) or {})
    except (YamlProblem, UnicodeDecodeError) as problem:
        raise WaiverError(f"{path.name} cannot be read:", [str(problem)]) from None
    except ValidationError as error:
        raise WaiverError(f"{path.name} has {error.error_count()} problems:", explain(error)) from None


class Accepted:
    """The findings accepted in one stack."""

    def __init__(self, waivers: Mapping[str, Waiver], stack: str) -> None:
        held = {name: waiver for name, waiver in waivers.items() if stack in waiver.stacks}
        self._index = {(w.rule, w.resource, w.finding): (name, w) for name, w in held.items()}

    def by(self, rule: str, resource: str, finding: str) -> tuple[str, Waiver] | None:
        """The name and record of the waiver for exactly this finding, expired or not."""
        return self._index.get((rule, resource, finding))
