"""Reservations that pools name, in AWS's own response shapes (botocore)."""

from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from gate.live.ask.reservations import reservations

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NAMED = {
    "pool": "gpu-h100",
    "id": "cr-0123456789abcdef0",
    "types": ["p5.48xlarge"],
    "zones": ["eu-central-1a"],
}
ASKED = {"CapacityReservationIds": [NAMED["id"]]}
THERE = {
    "CapacityReservationId": NAMED["id"],
    "InstanceType": "p5.48xlarge",
    "AvailabilityZone": "eu-central-1a",
    "TotalInstanceCount": 4,
    "AvailableInstanceCount": 3,
    "State": "active",
}
HAVE = "a reservation of 4 p5.48xlarge in eu-central-1a, 3 of them free"


def answer(aws, plan, **changed):
    with Stubber(aws.client("ec2")) as stub:
        stub.add_response(
            "describe_capacity_reservations", {"CapacityReservations": [{**THERE, **changed}]}, ASKED
        )
        (found,) = reservations(aws, {**plan, "reservations": [NAMED]}, NOW)
    assert found.subject == "cr-0123456789abcdef0 of gpu-h100"
    return found.verdict, found.says


@pytest.mark.parametrize(
    ("changed", "verdict", "says"),
    [
        ({}, "ok", HAVE),
        (
            {"ReservationType": "capacity-block", "EndDate": datetime(2026, 12, 2, 11, 30, tzinfo=UTC)},
            "ok",
            "a capacity block of 4 p5.48xlarge in eu-central-1a, 3 of them free, until 2026-12-02 11:30 UTC",
        ),
        (
            {"State": "scheduled", "StartDate": datetime(2026, 12, 1, 11, 30, tzinfo=UTC)},
            "bad",
            f"{HAVE}; it is scheduled and begins on 2026-12-01 11:30 UTC: until then nothing starts on it",
        ),
        ({"State": "expired"}, "bad", f"{HAVE}; it is expired: name another, or take it out"),
        (
            {"EndDate": datetime(2026, 11, 30, 11, 30, tzinfo=UTC)},
            "bad",
            f"{HAVE}; it is over since 2026-11-30 11:30 UTC: name another, or take it out",
        ),
        (
            {"InstanceType": "p5e.48xlarge"},
            "bad",
            f"{HAVE.replace('p5.', 'p5e.')}; the pool takes p5.48xlarge only",
        ),
        (
            {"AvailabilityZone": "eu-central-1b"},
            "bad",
            f"{HAVE.replace('1a', '1b')}; the pool has no subnet there, but in eu-central-1a",
        ),
    ],
)
def test_a_reservation_is_held_against_its_pool(aws, plan, changed, verdict, says):
    assert answer(aws, plan, **changed) == (verdict, says)


@pytest.mark.parametrize(
    ("code", "verdict", "says"),
    [
        (
            "InvalidCapacityReservationId.NotFound",
            "bad",
            "there is no such reservation in this account and region: the pool gets no machine of it",
        ),
        (
            "UnauthorizedOperation",
            "could not ask",
            "ec2:describe_capacity_reservations answered UnauthorizedOperation",
        ),
    ],
)
def test_one_that_is_not_there_is_bad_and_one_that_may_not_be_asked_is_no_pass(
    aws, plan, code, verdict, says
):
    with Stubber(aws.client("ec2")) as stub:
        stub.add_client_error("describe_capacity_reservations", code)
        (found,) = reservations(aws, {**plan, "reservations": [NAMED]}, NOW)
    assert (found.verdict, found.says) == (verdict, says)


def test_a_stack_without_reservations_asks_nothing(aws, plan):
    assert list(reservations(aws, {**plan, "reservations": []}, NOW)) == []
