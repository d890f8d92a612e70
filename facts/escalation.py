"""Ways from some permissions to many, as public research knows them."""

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from facts.strict import Strict

_FILE = Path(__file__).parent / "escalation.yaml"


class Escalation(Strict):
    """One way: the actions it takes, what the first must reach, what is gained, and who says so."""

    actions: list[str] = Field(min_length=1)
    reaches: str
    means: str
    source: str
    read: date


@cache
def escalation_paths() -> dict[str, Escalation]:
    """Every known way, by name."""
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: Escalation.model_validate(found) for name, found in raw.items()}
