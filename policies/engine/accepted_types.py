"""Types that no rule judges and a stack may register all the same: ``policies/accepted_types.yaml``, by name."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Strict
from facts.strict_yaml import YamlProblem, load
from policies.engine.rule import Offence
from policies.engine.waiver import ANY, LONGEST, Waiver, WaiverError, read_waivers

RULE: Final = "stacks-make-what-rules-judge"


class AcceptedType(Strict):
    """One type somebody read and accepts: why, who, and until when."""

    reason: Annotated[str, Field(min_length=20)]
    owner: Annotated[str, Field(min_length=2)]
    created: date
    expires: date

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not self.created < self.expires <= self.created + LONGEST:
            raise ValueError(f"expires ({self.expires}) must come within {LONGEST.days} days after created")
        return self


_ADAPTER: Final = TypeAdapter(
    dict[Annotated[str, Field(pattern=r"^[a-z][\w.-]*:[\w./-]+:\w+( \w+)?$")], AcceptedType]
)


def finding_of(what: str) -> str:
    """What the rule says of a type (``aws:kms/grant:Grant``) or of a property of one (after a space)."""
    return unjudged(what).message


def unjudged(what: str) -> Offence:
    """The same as a finding, at the property where it is one's."""
    return Offence(path=what.partition(" ")[2], problem=f"no rule judges {what}")


def read_accepted(file: Path) -> dict[str, Waiver]:
    """A file of waivers and the accepted types beside it, as one: both end, and both are named in the report.

    Raises:
        WaiverError: a file is unreadable or a record is wrong; all problems are listed.
    """
    waivers = read_waivers(file)
    path = file.parent / "accepted_types.yaml"
    if not path.exists():
        return waivers
    try:
        read = _ADAPTER.validate_python(load(path.read_text(encoding="utf-8"), path.name) or {})
    except (YamlProblem, UnicodeDecodeError) as problem:
        raise WaiverError(f"{path.name} cannot be read:", [str(problem)]) from None
    except ValidationError as error:
        raise WaiverError(f"{path.name} has {error.error_count()} problems:", explain(error)) from None
    return waivers | {
        what: Waiver(
            rule=RULE,
            resource=ANY,
            finding=finding_of(what),
            stacks="all",
            **one.model_dump(),
        )
        for what, one in read.items()
    }
