"""Who signs what a database of RDS shows, by region: what a client must know to tell it from somebody in between."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from facts.strict import Strict
from facts.strict_yaml import load

AUTHORITY: Final = "rds-ca-rsa2048-g1"
"""What RDS calls this authority, in every region."""
_FILE: Final = Path(__file__).parent / "rds_authorities.yaml"


class Authorities(Strict):
    """The whole file."""

    source: str
    read: date
    authorities: dict[str, str]


@cache
def authorities() -> dict[str, str]:
    """The certificate of each region's authority, as PEM."""
    return Authorities.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name)).authorities
