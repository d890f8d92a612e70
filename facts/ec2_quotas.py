"""Which quota of EC2 an instance type counts against; a family that no entry names has none that is known."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "ec2_quotas.yaml"
_LETTERS = re.compile(r"^[a-z]+")
_FAMILY = re.compile(r"^[a-z]+[0-9]+")


class Ec2Quota(Strict):
    """One quota, in vCPUs; ``families`` are letters (``g``) or letters and a generation (``p5``)."""

    code: str = Field(pattern=r"^L-[0-9A-F]{8}$")
    name: str
    capacity: Literal["on-demand", "spot"]
    families: list[str] = Field(min_length=1)


class Ec2Quotas(Strict):
    """All that are known."""

    source: str
    read: date
    quotas: list[Ec2Quota]


@cache
def ec2_quotas() -> Ec2Quotas:
    return Ec2Quotas.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))


def quota_of(instance_type: str, *, spot: bool) -> Ec2Quota | None:
    """The quota an instance of this type is counted in; None where no entry names its family."""
    named = {found[0] for found in (_LETTERS.match(instance_type), _FAMILY.match(instance_type)) if found}
    capacity = "spot" if spot else "on-demand"
    return next(
        (q for q in ec2_quotas().quotas if q.capacity == capacity and not named.isdisjoint(q.families)), None
    )
