"""What a day makes of a release: silent long before, a warning in the last month, an end on the day."""

from datetime import date

import pytest

from releases.dated import notices
from tests.releases.events_examples import event
from tests.releases.test_checks import EVENTS, GRANTED, loaded

REVIEWED = event("licence-review", 10, expires=date(2027, 1, 31))


def said(events, today):
    return [(n.rule, n.level, n.message) for n in notices(loaded(events=events), today)]


@pytest.mark.parametrize(
    ("today", "level", "verb"),
    [
        (date(2026, 12, 31), None, ""),
        (date(2027, 1, 1), "advisory", "expires"),
        (date(2027, 1, 30), "advisory", "expires"),
        (date(2027, 1, 31), "mandatory", "expired"),
    ],
)
def test_a_licence_review_runs_out(today, level, verb):
    rule = "release:licence-review-holds"
    expected = [(rule, level, f"the licence review of 2026-11-10 {verb} on 2027-01-31")] if level else []
    assert said((REVIEWED, event("approval")), today) == expected


@pytest.mark.parametrize(
    ("today", "level", "verb"),
    [
        (date(2026, 12, 31), None, ""),
        (date(2027, 1, 1), "advisory", "is"),
        (date(2027, 1, 31), "mandatory", "was"),
        (date(2028, 1, 1), "mandatory", "was"),
    ],
)
def test_a_sunset_comes_near(today, level, verb):
    message = f"its sunset {verb} on 2027-01-31 (the licence ends); v2 is its successor"
    expected = [("release:sunset-is-ahead", level, message)] if level else []
    assert said((*GRANTED, event("sunset", 7)), today) == expected


def test_what_is_deprecated_or_did_harm_is_told():
    found = list(
        notices(loaded(events=(*GRANTED, event("deprecation", 3), event("incident", 4))), date(2026, 12, 1))
    )
    assert [(n.rule, n.level, n.file, n.message) for n in found] == [
        (
            "release:nothing-is-deprecated",
            "advisory",
            f"{EVENTS}/2026-11-03-deprecation.yaml",
            "deprecated on 2026-11-03 (a better one exists); v2 is its successor",
        ),
        (
            "release:incidents-are-closed",
            "advisory",
            f"{EVENTS}/2026-11-04-incident.yaml",
            "the incident leak (high) is open since 2026-11-04",
        ),
    ]


def test_an_event_that_lies_ahead_is_none():
    ahead = event("approval", 23)
    assert said((*GRANTED, ahead), date(2026, 11, 23)) == []
    assert said((*GRANTED, ahead), date(2026, 11, 22)) == [
        ("release:events-have-happened", "mandatory", "the approval of 2026-11-23 lies ahead"),
        # The record of the tests was read on 2026-11-23, twice.
        ("release:events-have-happened", "mandatory", "2026-11-23 lies ahead"),
        ("release:events-have-happened", "mandatory", "2026-11-23 lies ahead"),
    ]
