"""Which version answers how much: chosen in a stack file, the same for every kind of model."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.foundation.base import Settings

Version = Annotated[str, Field(pattern=r"^v[1-9]\d{0,3}$")]
WHOLE = 100


class TrafficSettings(Settings):
    """``traffic:`` of a model. A version that is listed and not named here is kept warm, with no traffic.

    Promotion and rollback are a change of this one line: no name, no pod and no account depends on it.
    """

    stable: Version
    candidate: Version | None = None
    percent: int | None = Field(default=None, ge=1, le=WHOLE)
    """What the candidate gets; where a controller moves shares (``rollout.driver``), what it may get at most. Never 0:
    a version that gets nothing is not named here."""

    @model_validator(mode="after")
    def _candidate_has_a_share_of_its_own(self) -> Self:
        if self.candidate == self.stable:
            raise ValueError(
                f"candidate should be another version than stable (got {self.candidate!r} for both)"
            )
        if (self.candidate is None) != (self.percent is None):
            missing = "percent" if self.percent is None else "candidate"
            raise ValueError(f"candidate and percent go together; {missing} is missing")
        return self

    def percent_of(self, version: str) -> int:
        """The share of all requests that a version answers, in per cent; 0 for one that is only kept warm."""
        if version == self.candidate:
            return self.percent or 0
        return WHOLE - (self.percent or 0) if version == self.stable else 0

    def first_percent_of(self, version: str, *, is_driven: bool) -> int:
        """What a version's weight is made with: under a controller a candidate begins without any."""
        if is_driven:
            return WHOLE if version == self.stable else 0
        return self.percent_of(version)

    def most_of(self, version: str) -> int:
        """What a controller may give a version: of the candidate the stack's ``percent``, of others all."""
        return self.percent or WHOLE if version == self.candidate else WHOLE


def by_number(versions: list[str]) -> list[str]:
    """Versions from the oldest to the newest: v9 before v10."""
    return sorted(versions, key=lambda version: int(version[1:]))
