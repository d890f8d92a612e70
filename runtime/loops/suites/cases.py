"""Cases of a suite, one JSON object a line: what is sent, and what has to come back."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Slug, Strict
from releases.agent_schema import MappingSchema

Metric = Literal["refusals", "prompt-injection", "malformed-input", "output-schema"]


class CaseError(ValueError):
    """Cases that cannot be used; a line each."""


class Says(Strict):
    """It answers, and its words hold these: read without case."""

    kind: Literal["says"]
    any: list[str] = Field(default_factory=list, description="At least one of these stands in it.")
    none: list[str] = Field(default_factory=list, description="None of these stands in it.")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.any and not self.none:
            raise ValueError("says nothing about the answer: any or none should hold words")
        return self


class Refused(Strict):
    """The server refuses it as the caller's fault (4xx), and still answers a sound request afterwards."""

    kind: Literal["refused"]
    afterwards: dict[str, Any] = Field(min_length=1, description="The sound request.")


class Fits(Strict):
    """The answer is JSON, and nothing else, of this schema."""

    kind: Literal["fits"]
    answer: MappingSchema = Field(description="JSON Schema, as of an agent's tool.")


class Case(Strict):
    """One request. ``body`` is sent as JSON, ``raw`` as it stands."""

    name: Slug
    metric: Metric
    body: dict[str, Any] | None = None
    raw: str | None = None
    expect: Annotated[Says | Refused | Fits, Field(discriminator="kind")]

    @model_validator(mode="after")
    def _sends_one_thing(self) -> Self:
        if (self.body is None) == (self.raw is None):
            raise ValueError("should have either body or raw")
        return self


def read(path: Path, metric: str) -> list[Case]:
    """The cases of one metric.

    Raises:
        CaseError: the file cannot be read, a line is wrong, a name stands twice, or there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from None
    problems: list[str] = []
    cases: list[Case] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            problems += [f"{path}:{number}: {said}" for said in explain(error, Case)]
            continue
        if case.name in seen:
            problems.append(f"{path}:{number}: name: {case.name} stands twice")
        seen.add(case.name)
        cases.append(case)
    found = [case for case in cases if case.metric == metric]
    if not problems and not found:
        known = ", ".join(sorted({case.metric for case in cases})) or "none"
        problems.append(f"{path}: holds no case of {metric!r}; there are {known}")
    if problems:
        raise CaseError("\n".join(problems))
    return found
