"""One position: an unknown price is unknown, and nothing of it costs nothing."""

from policies.analysis.cost.line import Line


def _line(least, most, usd):
    return Line(what="x", plane="data", least=least, most=most, usd_a_month=usd)


def test_units_times_price():
    assert (_line(1, 3, 2.5).floor, _line(1, 3, 2.5).ceiling) == (2.5, 7.5)


def test_without_a_price_it_is_unknown_and_never_zero():
    assert (_line(1, 3, None).floor, _line(1, 3, None).ceiling) == (None, None)


def test_none_of_it_costs_nothing_whatever_the_price():
    assert (_line(0, 1, None).floor, _line(0, 1, None).ceiling) == (0.0, None)
