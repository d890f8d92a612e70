"""Which releases may run where, and which choices lie within the bounds of a record."""

from collections.abc import Mapping
from typing import Any

import pytest

from releases.checks import Choice, Environment, choice_problems, environment_problems
from releases.events import AnyEvent
from releases.load import LoadedRelease
from releases.release import Release
from tests.releases.records import record
from tests.releases.test_state import RECORD, approval, review

EXAMPLE = Environment(account="111122223333", region="eu-central-1")
GRANTED = (review(1, "accepted"), approval(2, "approved"))
FILE = "releases/models/minilm/v1/release.yaml"
EVENTS = "releases/models/minilm/v1/events"


def loaded(
    base: str = "embedding-on-cpu",
    change: Mapping[str, Any] | None = None,
    events: tuple[AnyEvent, ...] = GRANTED,
) -> LoadedRelease:
    return LoadedRelease(Release.model_validate(record(base, change)), RECORD, events)


@pytest.mark.parametrize("base", ["embedding-on-cpu", "chat-on-gpu"])
def test_an_approved_release_may_run_in_the_example_account(base: str) -> None:
    assert environment_problems(loaded(base), EXAMPLE) == []


def test_a_genuine_release_may_run_in_any_account() -> None:
    assert environment_problems(loaded(), Environment(account="444455556666", region="us-east-1")) == []


def test_a_licence_for_research_suffices_where_nothing_is_sold() -> None:
    environment = Environment(account="111122223333", region="eu-central-1", is_commercial=False)

    assert environment_problems(loaded("image-with-stated-memory"), environment) == []


@pytest.mark.parametrize(
    ("release", "environment", "kind", "said"),
    [
        (
            loaded("chat-on-gpu"),
            Environment(account="444455556666", region="eu-central-1"),
            "illustrative",
            (
                "releases/models/support-chat/v1/release.yaml: provenance: the record only shows the form, "
                "so it runs in no account but 111122223333 (got 444455556666)"
            ),
        ),
        (
            loaded(),
            Environment(account="111122223333", region="ap-south-1"),
            "residency",
            f"{FILE}: data.residency: it may run in eu-central-1, eu-west-1, us-east-1 (got ap-south-1)",
        ),
        (
            loaded("image-with-stated-memory"),
            EXAMPLE,
            "commercial-use",
            (
                "releases/models/writer/v12/release.yaml: licence.permitted_uses: "
                "CC-BY-NC-4.0 permits internal, research"
            ),
        ),
        (
            loaded(change={"origin.needs_remote_code": True}),
            EXAMPLE,
            "remote-code",
            (
                f"{FILE}: origin.needs_remote_code: the engine would run code that came with the weights; "
                "take a release that needs none"
            ),
        ),
        (
            loaded(events=GRANTED[1:]),
            EXAMPLE,
            "licence-not-reviewed",
            f"{EVENTS}: no licence-review event judged this record",
        ),
        (
            loaded(events=(*GRANTED, review(3, "refused"))),
            EXAMPLE,
            "licence-refused",
            f"{EVENTS}: licences@example.com refused the licence on 2026-11-03",
        ),
        (
            loaded(events=GRANTED[:1]),
            EXAMPLE,
            "not-approved",
            f"{EVENTS}: no approval event judged this record",
        ),
        (
            loaded(events=(*GRANTED, approval(3, "refused"))),
            EXAMPLE,
            "approval-refused",
            f"{EVENTS}: risk@example.com refused it on 2026-11-03",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_what_speaks_against_a_release_is_named(
    release: LoadedRelease, environment: Environment, kind: str, said: str
) -> None:
    assert [(p.kind, str(p)) for p in environment_problems(release, environment)] == [(kind, said)]


def test_everything_that_speaks_against_it_is_said_at_once() -> None:
    nowhere = Environment(account="444455556666", region="ap-south-1")

    assert [p.kind for p in environment_problems(loaded("chat-on-gpu", events=()), nowhere)] == [
        "illustrative",
        "residency",
        "licence-not-reviewed",
        "not-approved",
    ]


@pytest.mark.parametrize(("least", "most"), [(0, 6), (2, 2), (6, 6), (0, 1)])
def test_a_choice_within_the_bounds_is_free(least: int, most: int) -> None:
    assert choice_problems(loaded(), Choice(min_replicas=least, max_replicas=most, placement="cpu")) == []


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(0, 7, "cpu"), [f"{FILE}: bounds.replicas: max_replicas should be from 0 to 6 (got 7)"]),
        (Choice(-1, 6, "cpu"), [f"{FILE}: bounds.replicas: min_replicas should be from 0 to 6 (got -1)"]),
        (Choice(3, 2, "cpu"), [f"{FILE}: bounds.replicas: min_replicas (3) is above max_replicas (2)"]),
        (Choice(1, 1, "l4"), [f"{FILE}: bounds.placements: it may run on cpu (got l4)"]),
    ],
)
def test_a_choice_outside_the_bounds_is_named(choice: Choice, said: list[str]) -> None:
    assert [str(problem) for problem in choice_problems(loaded(), choice)] == said
