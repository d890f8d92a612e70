"""Services that may act for whoever asks them to."""

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from facts.strict import Strict

_FILE = Path(__file__).parent / "deputies.yaml"


class _Deputies(Strict):
    services: list[str] = Field(min_length=1)
    source: str
    read: date


@cache
def deputies() -> frozenset[str]:
    """Service principals without their domain (``scheduler``)."""
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return frozenset(_Deputies.model_validate(raw).services)
