"""AWS's regions: which there are, their partitions and zones, and the instance types each offers."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from facts.explain import did_you_mean

_FILE: Final = Path(__file__).parent / "regions.json"
"""Sources and dates stand in the file."""
PARTITION: Final = "aws"
"""The one partition whose ARNs, endpoint names and service principals the program writes."""
_DIFFER: Final[Mapping[str, frozenset[str]]] = {
    "ap-northeast-1": frozenset("b"),
    "us-west-1": frozenset("c"),
}
"""Letters that other accounts have: AWS gives an account two of the zones of us-west-1, and older accounts a zone b in
ap-northeast-1 (EC2 user guide, "Regions and Zones"; from memory, not read again)."""


@cache
def regions() -> Mapping[str, str]:
    """The partition of every region."""
    return {name: row["partition"] for name, row in _read()["regions"].items()}


def supported_regions() -> list[str]:
    """The regions that a platform may stand in, sorted."""
    return sorted(name for name, partition in regions().items() if partition == PARTITION)


def known_types() -> list[str]:
    """The instance types of which it is known where they are offered, sorted."""
    return sorted(_offers())


@cache
def zones(region: str) -> frozenset[str]:
    """The letters of a region's zones; none where they are not known."""
    known = frozenset(_read()["regions"].get(region, {}).get("zones", ()))
    return known | _DIFFER.get(region, frozenset()) if known else known


def not_offered(instance_types: Iterable[str], region: str) -> list[str]:
    """The types that a region does not offer; a type or a region of which nothing is known is not among them."""
    offers = _offers()
    if not any(region in places for places in offers.values()):
        return []
    return [name for name in instance_types if name in offers and region not in offers[name]]


def offering(instance_type: str) -> frozenset[str]:
    """The regions that offer a type."""
    return _offers().get(instance_type, frozenset())


def _real(region: str) -> str:
    partition = regions().get(region)
    mine = sorted(name for name, its in regions().items() if its == PARTITION)
    if partition is None:
        hint = did_you_mean(region, mine)
        raise ValueError(f"no region of AWS; {hint}" if hint else "no region of AWS, such as eu-central-1")
    if partition != PARTITION:
        raise ValueError(
            f"stands in partition {partition}, whose ARNs and endpoints have other names; only {PARTITION} is supported"
        )
    return region


Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$"), AfterValidator(_real)]
"""A region that exists, in the partition that is supported."""


@cache
def _offers() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(row["regions"]) for row in _read()["offers"] for name in row["types"]}


@cache
def _read() -> Any:
    return json.loads(_FILE.read_text(encoding="utf-8"))
