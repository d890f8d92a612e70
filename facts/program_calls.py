"""The AWS calls that programs with an identity make, with what is in the request: ``facts/calls/PROGRAM.yaml``."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from facts.strict import Strict
from facts.strict_yaml import load

_FOLDER = Path(__file__).parent / "calls"


class Call(Strict):
    """Actions on resources. Names in braces are the stack's own; ``call`` is the API where it is called otherwise."""

    action: list[str]
    resource: list[str]
    with_: dict[str, str] = Field(default_factory=dict, alias="with")
    call: str = ""

    @field_validator("action", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Program(Strict):
    """One program, and by what a stack runs it: a chart, an add-on, or a pod of a model, an agent or a loop."""

    source: str
    read: date
    calls: list[Call]
    chart: str = ""
    account_at: str = ""
    """Where the chart's values name the service account."""
    add_on: str = ""
    model: Literal["", "download", "storage-initializer", "payload-agent", "agent-worker", "loop-worker"] = ""

    @model_validator(mode="after")
    def _run_by_one(self) -> "Program":
        if sum(map(bool, (self.chart, self.add_on, self.model))) != 1 or bool(self.chart) != bool(
            self.account_at
        ):
            raise ValueError("needs one of chart (with account_at), add_on and model")
        return self


@cache
def program_calls() -> Mapping[str, Program]:
    """Every program that is known, by name."""
    return {
        path.stem: Program.model_validate(load(path.read_text(encoding="utf-8"), path.name))
        for path in sorted(_FOLDER.glob("*.yaml"))
    }
