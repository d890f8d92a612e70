"""What a stack costs on two sides: one line, and only where it changed."""

from gate.difference.cost import cost_changes


def side(floor, ceiling=None, least=1, unknown=()):
    pool = {
        "pool": "gpu-l4",
        "least": {"machines": least, "machine": "g6.2xlarge"},
        "most": {"machines": 2, "machine": "g6.2xlarge"},
    }
    money = {"floor": floor, "ceiling": floor if ceiling is None else ceiling, "unknown": list(unknown)}
    return {"cost": money, "capacity": {"pools": [pool]}}


def test_one_line_says_how_much_and_why():
    assert cost_changes(side(812, 2000), side(1034, 2000, least=2)) == [
        "floor $812 → $1,034 a month (+$222): gpu-l4 least 1 x g6.2xlarge → 2 x g6.2xlarge"
    ]


def test_both_totals_and_a_saving():
    assert cost_changes(side(900, 1000), side(800, 700)) == [
        "floor $900 → $800 a month (-$100), ceiling $1,000 → $700 a month (-$300)"
    ]


def test_a_total_that_something_is_missing_from_is_at_least_that():
    assert cost_changes(side(800), side(900, unknown=["x"])) == [
        (
            "floor at least $800 → $900 a month (+$100), ceiling at least $800 → $900 a month (+$100), "
            "positions without a price: 0 → 1"
        )
    ]


def test_nothing_is_said_without_a_change_or_without_a_bill():
    assert cost_changes(side(800), side(800.2)) == []
    assert cost_changes(side(800), {"cost": None}) == []
    assert cost_changes({}, side(800)) == []
