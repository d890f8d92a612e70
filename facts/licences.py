"""What licences of models permit and ask for: one table, read by records and by what judges them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

Obligation = Literal["acceptable-use", "attribution", "pass-on", "user-threshold"]
"""What a licence may ask of who serves a model: keep to a policy, name its maker, bind callers, stay below a size."""

_FILE = Path(__file__).parent / "licences.yaml"


class LicenceTerms(Strict):
    """One licence. Sources stand in ``licences.yaml``."""

    commercial: bool
    redistribution: bool
    serving: dict[Obligation, str] = Field(default_factory=dict)
    source: str


class _Table(Strict):
    read: date
    licences: dict[str, LicenceTerms]


@cache
def licence_terms() -> Mapping[str, LicenceTerms]:
    """Every licence a record may name."""
    return _Table.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name)).licences
