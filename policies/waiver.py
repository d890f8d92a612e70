"""Waivers: who accepts which finding on which resource, why, and until when."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from facts.strict import Strict

LONGEST = timedelta(days=180)


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
