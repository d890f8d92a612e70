"""Whether the capacity reservations that pools name are there, run, and fit their pool; capacity blocks are some."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from gate.live.ask.account import Plan
from gate.live.ask.aws import Aws, RefusedError
from gate.live.ask.check import Check, check, listed

_MISSING = frozenset({"InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed"})
_RUNS = "active"
_WAITS = frozenset({"scheduled", "assessing", "pending", "payment-pending", "delayed"})


def reservations(aws: Aws, plan: Plan, now: datetime) -> Iterator[Check]:
    """A line for each reservation of each pool."""
    for named in plan["reservations"]:
        yield check(
            "reservations",
            f"{named['id']} of {named['pool']}",
            f"ec2:DescribeCapacityReservations {named['id']}",
            partial(_stands, aws, named, now),
        )


def _stands(aws: Aws, named: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
    try:
        said = aws.ask("ec2", "describe_capacity_reservations", CapacityReservationIds=[named["id"]])
    except RefusedError as error:
        if error.code not in _MISSING:
            raise
        return (
            False,
            "there is no such reservation in this account and region: the pool gets no machine of it",
        )
    (found,) = said["CapacityReservations"]
    what = "capacity block" if found.get("ReservationType") == "capacity-block" else "reservation"
    have = (
        f"a {what} of {found['TotalInstanceCount']} {found['InstanceType']} in {found['AvailabilityZone']}, "
        f"{found['AvailableInstanceCount']} of them free"
    )
    wrong = list(_wrong(named, found, now))
    return (False, f"{have}; {'; '.join(wrong)}") if wrong else (True, f"{have}{_until(found)}")


def _wrong(named: Mapping[str, Any], found: Mapping[str, Any], now: datetime) -> Iterator[str]:
    state, ends = found["State"], found.get("EndDate")
    if state in _WAITS:
        starts = found.get("StartDate")
        yield f"it is {state}{f' and begins on {_day(starts)}' if starts else ''}: until then nothing starts on it"
    elif state != _RUNS or (ends is not None and ends <= now):
        yield f"it is {'over since ' + _day(ends) if state == _RUNS and ends else state}: name another, or take it out"
    if named["types"] and found["InstanceType"] not in named["types"]:
        yield f"the pool takes {listed(named['types'])} only"
    if named["zones"] and found["AvailabilityZone"] not in named["zones"]:
        yield f"the pool has no subnet there, but in {listed(named['zones'])}"


def _until(found: Mapping[str, Any]) -> str:
    ends = found.get("EndDate")
    return f", until {_day(ends)}" if ends is not None else ""


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if isinstance(moment, datetime) else "a day that is not told"
