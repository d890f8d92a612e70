"""How long a model takes to start, as others measured it: by path and size, on a node that has it or has not."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "start_times.yaml"


class StartTime(Strict):
    """One measured size; ``warm`` is a start on a node that has run the model before."""

    gigabytes: float = Field(gt=0)
    cold: float = Field(gt=0)
    warm: float = Field(gt=0)


class StartTimes(Strict):
    """The measured sizes of each path, smallest first."""

    source: str
    read: date
    paths: dict[str, list[StartTime]]


@cache
def start_times() -> StartTimes:
    return StartTimes.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))
