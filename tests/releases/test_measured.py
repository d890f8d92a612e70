"""Who gets a share has been measured anew: this record, on the agreed data, lately, and by others where it says so."""

from datetime import date

import pytest

from releases.measured import GivenShare, measurement_notices
from tests.releases.events_examples import DIGEST, FIGURE, event
from tests.releases.test_checks import GRANTED, loaded

FILE = "releases/models/minilm/v1/release.yaml: rollout.evaluation"
DAY = date(2026, 11, 29)
CANDIDATE = GivenShare(percent=10, is_candidate=True)
STABLE = GivenShare(percent=100)
AGREED = {"evaluations": [FIGURE]}
MEASURED = event("evaluation", 5)
OTHER_DATA = "sha256:" + "9" * 64
STRICT = {**AGREED, "rollout": {"evaluation": {"by_others": True}}}


def said(given, *events, change=None, today=DAY):
    found = measurement_notices(loaded(change=change or AGREED, events=(*GRANTED, *events)), given, today)
    return [(notice.level, notice.file, notice.message) for notice in found]


def figure(**changes):
    return event("evaluation", 5, evaluation={**FIGURE, **changes})


def test_a_candidate_that_was_measured_lately_has_its_share():
    assert said(CANDIDATE, MEASURED) == []


def test_a_figure_at_birth_is_no_measurement_anew():
    assert said(CANDIDATE) == [
        (
            "mandatory",
            FILE,
            "pairs 1 spearman on sha256:888888888888 has no evaluation event (got 10 per cent)",
        )
    ]


def test_a_record_that_agreed_on_nothing_needs_one_of_any_kind():
    nothing = {"evaluations": []}
    assert said(CANDIDATE, figure(suite="other"), change=nothing) == []
    assert said(CANDIDATE, change=nothing) == [
        ("mandatory", FILE, "the record's digest has no evaluation event (got 10 per cent)")
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"suite": "other"},
        {"suite_version": "2"},
        {"metric": "pearson"},
        {"dataset_digest": OTHER_DATA},
    ],
)
def test_another_suite_or_other_data_counts_for_nothing(other):
    assert [level for level, _, _ in said(CANDIDATE, figure(**other))] == ["mandatory"]


def test_an_event_of_another_record_counts_for_nothing():
    assert [level for level, _, _ in said(CANDIDATE, event("evaluation", 5, record=DIGEST))] == ["mandatory"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 1, 29), []),
        (
            date(2027, 1, 30),
            [
                (
                    "mandatory",
                    FILE,
                    (
                        "pairs 1 spearman on sha256:888888888888 was measured on 2026-11-01, 90 days ago; "
                        "90 are allowed (got 10 per cent)"
                    ),
                )
            ],
        ),
    ],
)
def test_a_figure_grows_old(today, expected):
    assert said(CANDIDATE, MEASURED, today=today) == expected


def test_the_makers_own_figure_does_not_count_where_others_are_asked():
    assert said(CANDIDATE, figure(by="others@example.com"), change=STRICT) == []
    for maker in (FIGURE["by"], "search@example.com"):
        assert said(CANDIDATE, figure(by=maker), change={**STRICT, "owner": "search"}) == [
            (
                "mandatory",
                FILE,
                (
                    "pairs 1 spearman on sha256:888888888888 has no evaluation event by somebody else than its makers "
                    "(got 10 per cent)"
                ),
            )
        ]


def test_a_stable_version_is_asked_only_where_its_record_asks():
    assert said(STABLE) == []
    assert [level for level, _, _ in said(STABLE, change=STRICT)] == ["mandatory"]


def test_a_stable_version_that_grew_old_is_told_and_not_stopped():
    measured = figure(by="others@example.com")
    assert [level for level, _, _ in said(STABLE, measured, change=STRICT, today=date(2027, 6, 1))] == [
        "advisory"
    ]


def test_what_a_controller_gives_is_told_before_and_asked_there():
    driven = GivenShare(percent=100, is_candidate=True, is_driven=True)
    assert said(driven) == [
        (
            "advisory",
            FILE,
            (
                "pairs 1 spearman on sha256:888888888888 has no evaluation event "
                "(the controller gives it no share until then)"
            ),
        )
    ]


def test_a_version_without_a_share_is_asked_nothing():
    assert said(GivenShare(percent=0, is_candidate=True)) == []
