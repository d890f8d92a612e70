"""Events of every kind: what each must say, what the file may be called, and what their fold makes true."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from facts.explain import explain
from releases.events import KINDS, AnyEvent, is_named
from releases.state import fold
from tests.releases.events_examples import FIGURE, RECORD, SAYS, appended, event

TODAY = date(2026, 11, 23)


def test_every_kind_has_an_example_here() -> None:
    assert set(SAYS) == set(KINDS)
    assert [event(kind).kind for kind in SAYS] == list(SAYS)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("sunset", {"ends": date(2026, 11, 1)}, "ends should be after date (2026-11-01) (got 2026-11-01)"),
        (
            "licence-review",
            {"expires": date(2026, 10, 1)},
            "expires should be after date (2026-11-01) (got 2026-10-01)",
        ),
        ("incident", {"severity": "bad"}, "severity: should be 'low', 'high' or 'critical' (got 'bad')"),
        ("revocation", {"evidence": []}, "evidence: should have at least 1 item, not 0"),
        ("sunset", {"successor": "latest"}, "successor: should match ^v[1-9][0-9]{0,3}$ (got 'latest')"),
    ],
)
def test_an_event_that_says_too_little_is_refused(kind: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        event(kind, **changes)
    assert explain(caught.value, None) == [said]


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("2026-11-01-incident.yaml", True),
        ("2026-11-01-incident-2.yaml", True),
        ("2026-11-01-incident-12.yaml", True),
        ("2026-11-01-incident-1.yaml", False),
        ("2026-11-01-incident-x.yaml", False),
        ("2026-11-02-incident.yaml", False),
        ("2026-11-01-sunset.yaml", False),
    ],
)
def test_a_file_is_named_by_day_and_kind_and_counted_from_two(name: str, is_good: bool) -> None:
    assert is_named(event("incident"), name) is is_good


@given(st.permutations([
    event("licence-review", 1), event("approval", 2), event("evaluation", 3), event("incident", 4),
    event("incident", 5, status="closed"), event("incident", 4, name="slow"), event("deprecation", 6),
    event("sunset", 7), event("sunset", 8, ends=date(2027, 3, 1)), event("approval", 2, decision="refused"),
]))  # fmt: skip
def test_the_fold_knows_no_order(events: list[AnyEvent]) -> None:
    state = fold(RECORD, appended(events))
    assert state == fold(RECORD, appended(sorted(events, key=lambda e: e.model_dump_json())))
    assert [i.name for i in state.open_incidents] == ["slow"]
    assert state.sunset is not None
    assert state.sunset.ends == date(2027, 3, 1)


def test_a_later_figure_replaces_the_one_at_birth() -> None:
    born = event("evaluation").evaluation  # type: ignore[union-attr] the kind says so
    later = event("evaluation", evaluation={**FIGURE, "value": 0.6})
    assert fold(RECORD, appended([]), [born]).evaluations[born.subject].holds
    assert not fold(RECORD, appended([later]), [born]).evaluations[born.subject].holds


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([], "not approved"),
        ([event("licence-review"), event("approval")], "approved"),
        ([event("licence-review", expires=date(2026, 11, 23)), event("approval")], "licence review expired"),
        ([event("licence-review", expires=date(2026, 11, 24)), event("approval")], "approved"),
        ([event("licence-review"), event("approval"), event("deprecation")], "deprecated"),
        ([event("licence-review"), event("approval"), event("sunset", ends=date(2026, 11, 23))], "sunset"),
        ([event("licence-review"), event("approval"), event("sunset"), event("revocation")], "revoked"),
    ],
)
def test_the_state_in_one_word(events: list[AnyEvent], word: str) -> None:
    assert fold(RECORD, appended(events)).word(TODAY) == word
