"""Events against the record they judged, against each other, and against the versions there are."""

from datetime import date

import pytest

from releases.contradictions import contradictions, successor_problems
from releases.events import AnyEvent, Appended
from releases.release import Release
from tests.releases.events_examples import FIGURE, RECORD, appended, event
from tests.releases.records import record

BORN = {**FIGURE, "date": date(2026, 11, 1)}
READ = {"origin.read": date(2026, 11, 1), "licence.read": date(2026, 11, 1), "licence.name": "MIT"}


def release(**evaluation: object) -> Release:
    return Release.model_validate(record(change={**READ, "evaluations": [{**BORN, **evaluation}]}))


def said(*events: AnyEvent, born: Release | None = None) -> list[str]:
    return list(contradictions(appended(events), RECORD, born or release()))


@pytest.mark.parametrize(
    "kind", ["licence-review", "evaluation", "approval", "incident", "revocation", "sunset"]
)
def test_an_event_of_the_day_on_which_the_record_was_written_stands(kind: str) -> None:
    assert said(event(kind, 1)) == []


@pytest.mark.parametrize("kind", ["licence-review", "approval", "revocation"])
def test_nobody_judges_a_record_before_it_was_written(kind: str) -> None:
    early = event(kind, 1, date=date(2026, 10, 31))
    assert said(early) == [
        (
            f"2026-10-31-{kind}.yaml: date: should not be before 2026-11-01, which the record states in "
            "origin.read (got 2026-10-31)"
        )
    ]


@pytest.mark.parametrize(
    ("born", "later", "problem"),
    [
        ({}, {"value": 0.9, "floor": 0.75}, None),
        (
            {},
            {"value": 0.1, "floor": 0.7},
            None,
        ),  # below its floor: no contradiction, and a reason not to serve it
        ({}, {"floor": 0.69}, "evaluation.floor: should be at least 0.7, the floor of the record (got 0.69)"),
        (
            {},
            {"direction": "lower"},
            "evaluation.direction: should be 'higher', as in the record (got 'lower')",
        ),
        ({"direction": "lower"}, {"direction": "lower", "floor": 0.7}, None),
        (
            {"direction": "lower"},
            {"direction": "lower", "floor": 0.71},
            "evaluation.floor: should be at most 0.7, the floor of the record (got 0.71)",
        ),
        ({}, {"metric": "pearson", "floor": -1.0}, None),  # the record agreed on nothing for it
        (
            {},
            {"date": date(2026, 11, 6)},
            "evaluation.date: should not be after date (2026-11-05) (got 2026-11-06)",
        ),
    ],
)
def test_a_later_figure_does_not_move_the_floor_of_the_record(born, later, problem) -> None:
    found = said(event("evaluation", 5, evaluation={**FIGURE, **later}), born=release(**born))
    assert len(found) == (problem is not None)
    assert not problem or found[0].startswith(f"2026-11-05-evaluation.yaml: {problem}")


def test_an_incident_closes_one_that_was_open() -> None:
    opened, closed = event("incident", 2), event("incident", 2, status="closed")
    first, second = (
        Appended(opened, "2026-11-02-incident.yaml"),
        Appended(closed, "2026-11-02-incident-2.yaml"),
    )
    assert list(contradictions([first, second], RECORD, release())) == []
    assert list(contradictions([second], RECORD, release())) == [
        "2026-11-02-incident-2.yaml: name: no incident 'leak' was open before; name the one it closes"
    ]
    other = Appended(event("incident", 3, name="other", status="closed"), "2026-11-03-incident.yaml")
    assert len(list(contradictions([first, other], RECORD, release()))) == 1


@pytest.mark.parametrize("kind", ["deprecation", "sunset"])
@pytest.mark.parametrize(
    ("versions", "problem"),
    [
        (("v1", "v2"), None),
        (("v1", "v3"), "there is no record of it; there are v3 (got 'v2')"),
        (("v1",), "there is no record of it; there are none; leave it out (got 'v2')"),
    ],
)
def test_a_successor_has_a_record(kind, versions, problem) -> None:
    found = list(successor_problems(appended([event(kind, 5)]), "v1", versions))
    assert found == ([f"2026-11-05-{kind}.yaml: successor: {problem}"] if problem else [])


def test_nothing_succeeds_itself() -> None:
    found = list(successor_problems(appended([event("sunset", 5)]), "v2", ("v1", "v2")))
    assert found == ["2026-11-05-sunset.yaml: successor: should be another version (got 'v2')"]
