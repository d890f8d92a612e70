"""What is said of measured times."""

import pytest

from tools.local.measure import p95


@pytest.mark.parametrize(
    ("values", "found"), [([3.0], 3.0), ([1.0] * 9 + [5.0], 5.0), ([float(n) for n in range(100)], 94.0)]
)
def test_the_ninety_fifth_of_a_hundred(values, found):
    assert p95(values) == found
