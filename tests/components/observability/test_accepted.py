"""Accepted findings as series: two a rule and owner, the sum of findings and the first end."""

from datetime import date

from components.observability.accepted import COUNT, ENDS, Accepted, accepted_rules

MAY = 1_811_376_000
"""The second after 2027-05-26 ended."""


def test_each_rule_and_owner_has_a_count_and_a_first_end():
    made = accepted_rules(
        [
            Accepted(rule="b", owner="x", until=date(2027, 6, 1)),
            Accepted(rule="a", owner="x", until=date(2027, 6, 1), findings=3),
            Accepted(rule="a", owner="x", until=date(2027, 5, 26)),
        ]
    )
    assert made["metadata"] == {"name": "slipway-accepted", "namespace": "observability"}
    (group,) = made["spec"]["groups"]
    a, b = ({"rule": rule, "accepted_by": "x"} for rule in "ab")
    assert group["rules"] == [
        {"record": COUNT, "expr": "vector(4)", "labels": a},
        {"record": ENDS, "expr": f"vector({MAY})", "labels": a},
        {"record": COUNT, "expr": "vector(1)", "labels": b},
        {"record": ENDS, "expr": f"vector({MAY + 6 * 86400})", "labels": b},
    ]


def test_where_nothing_was_accepted_there_is_no_object():
    assert accepted_rules([]) is None
