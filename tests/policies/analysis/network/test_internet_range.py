import pytest

from policies.analysis.network.internet_range import is_internet
from policies.engine.values import UndecidedError


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3"])
def test_ranges_nobody_owns_are_the_internet(cidr):
    assert is_internet(cidr)


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "203.0.113.0/24", "203.0.113.9/32", "203.0.113.9/24", "fd00::/48"]
)
def test_ranges_somebody_owns_are_not(cidr):
    assert not is_internet(cidr)


def test_text_that_is_no_range_is_undecided():
    with pytest.raises(UndecidedError, match=r"'everywhere' is not an address range$"):
        is_internet("everywhere")
