import pytest

from policies.analysis.network.ports import EVERY_PORT, shown, within, without


@pytest.mark.parametrize(
    ("spans", "cut", "inside", "beside"),
    [
        ([(22, 22)], (22, 22), [(22, 22)], []),
        ([(22, 22)], (80, 80), [], [(22, 22)]),
        ([(0, 100)], (22, 22), [(22, 22)], [(0, 21), (23, 100)]),
        ([(20, 30), (40, 50)], (25, 45), [(25, 30), (40, 45)], [(20, 24), (46, 50)]),
        ([EVERY_PORT], EVERY_PORT, [EVERY_PORT], []),
        ([], (1, 2), [], []),
    ],
)
def test_a_cut_parts_ranges_without_losing_a_port(spans, cut, inside, beside):
    assert within(spans, cut) == inside
    assert without(spans, cut) == beside


def test_ranges_read_as_people_write_them():
    assert [shown("tcp", (22, 22)), shown("udp", (1, 9))] == ["tcp 22", "udp 1-9"]
    assert [shown("all", EVERY_PORT), shown("tcp", EVERY_PORT)] == ["every port", "every tcp port"]
    assert shown("all", (5432, 5432)) == "5432"
