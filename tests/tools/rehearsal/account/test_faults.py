"""Where it goes wrong, and how: counted from the start of a run, for what matches."""

import threading

import pytest

from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.faults import Faults, HalfMadeError, Point

KEY, ROLE = "aws:kms/key:Key", "aws:iam/role:Role"
URN = "urn:pulumi:dev::slipway::a$b::"


@pytest.fixture
def faults(tmp_path):
    return Faults(tmp_path)


def test_without_a_point_nothing_goes_wrong(faults):
    faults.before(KEY, f"{URN}a")
    faults.after(KEY, f"{URN}a")
    assert not faults.is_reached()


def test_the_second_creation_fails_half_way_and_no_other(faults):
    faults.set(Point(when="after", number=2, then="half"))
    faults.before(KEY, f"{URN}a")
    faults.after(KEY, f"{URN}a")
    assert not faults.is_reached()
    with pytest.raises(HalfMadeError, match="timeout while waiting for state"):
        faults.after(ROLE, f"{URN}b")
    assert faults.is_reached()
    faults.after(ROLE, f"{URN}c")


def test_throttling_goes_on_until_it_is_cleared(faults):
    faults.set(Point(when="before", number=2, then="throttle"))
    faults.before(KEY, f"{URN}a")
    for name in "bc":
        with pytest.raises(AwsError, match="ThrottlingException: Rate exceeded"):
            faults.before(KEY, f"{URN}{name}")
    faults.clear()
    faults.before(KEY, f"{URN}d")
    assert not faults.is_reached()


def test_only_what_matches_is_counted(faults):
    faults.set(Point(when="before", type=ROLE, name="b", then="throttle"))
    faults.before(KEY, f"{URN}b")
    faults.before(ROLE, f"{URN}a")
    with pytest.raises(AwsError):
        faults.before(ROLE, f"{URN}b")


def test_one_that_stopped_goes_on_when_it_is_let_go(faults):
    faults.set(Point(when="after"))
    waits = threading.Thread(target=faults.after, args=(KEY, f"{URN}a"), daemon=True)
    waits.start()
    waits.join(0.2)
    assert (waits.is_alive(), faults.is_reached()) == (True, True)
    faults.let_go()
    waits.join(10)
    assert not waits.is_alive()
