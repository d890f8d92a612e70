"""Which releases may run where, and which choices lie within the bounds of a record."""

from collections.abc import Mapping
from typing import Any

import pytest

from releases.checks import Environment, environment_problems
from releases.choices import Choice, ShareChoice, choice_problems, share_problems
from releases.events import AnyEvent
from releases.load import LoadedRelease
from releases.release import Release
from tests.releases.events_examples import FIGURE, appended, event
from tests.releases.records import record
from tests.releases.test_state import RECORD, approval, review

EXAMPLE = Environment(account="111122223333", region="eu-central-1")
GRANTED = (review(1, "accepted"), approval(2, "approved"))
ELSEWHERE = Environment(account="444455556666", region="us-east-1")
OWN = tuple(
    said.model_copy(update={"who": who})
    for said, who in zip(GRANTED, ("law@acme.io", "risk@acme.io"), strict=True)
)
FILE = "releases/models/minilm/v1/release.yaml"
EVENTS = "releases/models/minilm/v1/events"


def loaded(
    base: str = "embedding-on-cpu",
    change: Mapping[str, Any] | None = None,
    events: tuple[AnyEvent, ...] = GRANTED,
) -> LoadedRelease:
    return LoadedRelease(Release.model_validate(record(base, change)), RECORD, appended(events))


@pytest.mark.parametrize("base", ["embedding-on-cpu", "chat-on-gpu"])
def test_an_approved_release_may_run_in_the_example_account(base: str) -> None:
    assert environment_problems(loaded(base), EXAMPLE) == []


def test_a_genuine_release_may_run_in_any_account() -> None:
    assert environment_problems(loaded(events=OWN), ELSEWHERE) == []


@pytest.mark.parametrize("who", ["risk@example.com", "a@mail.example.org", "b@acme.example", "c@EXAMPLE.NET"])
def test_decisions_of_the_example_organisation_count_in_its_own_account_alone(who: str) -> None:
    said = approval(2, "approved").model_copy(update={"who": who})
    problems = environment_problems(loaded(events=(OWN[0], said)), ELSEWHERE)
    told = (
        f"{EVENTS}/2026-11-02-approval.yaml: who: {who} is nobody: that domain is for documentation, so the "
        "decision counts in account 111122223333 alone (got 444455556666); slipway release approve appends your own"
    )
    assert [(p.kind, str(p)) for p in problems] == [("nobody", told)]
    assert environment_problems(loaded(events=(OWN[0], said)), EXAMPLE) == []


def test_a_licence_for_research_suffices_where_nothing_is_sold() -> None:
    environment = Environment(account="111122223333", region="eu-central-1", use="research")

    assert environment_problems(loaded("image-with-stated-memory"), environment) == []


@pytest.mark.parametrize(
    ("release", "environment", "kind", "said"),
    [
        (
            loaded("chat-on-gpu", events=OWN),
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
            (
                f"{FILE}: data.residency: it may run in eu-central-1, eu-west-1, us-east-1 (got ap-south-1, "
                "the platform's region); serve it from a stack there"
            ),
        ),
        (
            loaded("image-with-stated-memory"),
            EXAMPLE,
            "use",
            (
                "releases/models/writer/v12/release.yaml: licence.permitted_uses: "
                "it may be used for internal, research (CC-BY-NC-4.0), and this stack's use is commercial "
                "(workload_namespace.use); serve it where that is true"
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
            (
                f"{EVENTS}: no licence-review event judged this record; "
                "append one, or take the version out of the stack"
            ),
        ),
        (
            loaded(events=(*GRANTED, review(3, "refused"))),
            EXAMPLE,
            "licence-refused",
            (
                f"{EVENTS}/2026-11-03-licence-review.yaml: decision: licences@example.com refused the licence "
                "on 2026-11-03; take the version out of the stack"
            ),
        ),
        (
            loaded(events=GRANTED[:1]),
            EXAMPLE,
            "not-approved",
            (
                f"{EVENTS}: no approval event judged this record; "
                "append one, or take the version out of the stack"
            ),
        ),
        (
            loaded(events=(*GRANTED, approval(3, "refused"))),
            EXAMPLE,
            "approval-refused",
            (
                f"{EVENTS}/2026-11-03-approval.yaml: decision: risk@example.com refused it "
                "on 2026-11-03; take the version out of the stack"
            ),
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
        (
            Choice(1, 1, "l4"),
            [f"{FILE}: bounds.placements: it may run on cpu (got l4); name a pool of these, or none for cpu"],
        ),
    ],
)
def test_a_choice_outside_the_bounds_is_named(choice: Choice, said: list[str]) -> None:
    assert [str(problem) for problem in choice_problems(loaded(), choice)] == said


WRITER = "releases/models/writer/v12/release.yaml"


@pytest.mark.parametrize(
    ("release", "environment", "said"),
    [
        (
            loaded(),
            Environment(account="111122223333", region="eu-central-1", signed_only=True),
            f"{FILE}: artifact.signature: this stack serves signed files only; sign them",
        ),
        (
            loaded(change={"artifact.adapter_of": "nreimers/MiniLM-L6-H384-uncased"}),
            EXAMPLE,
            (
                f"{FILE}: artifact.adapter_of: it runs on nreimers/MiniLM-L6-H384-uncased only, and nothing here loads "
                "adapters yet; merge it into its base model"
            ),
        ),
        (
            loaded(change={"data.retention_days": 7}),
            Environment(account="111122223333", region="eu-central-1", payload_days={"internal": 30}),
            (
                f"{FILE}: data.retention_days: payloads may be kept 7 days, and the platform keeps those of "
                "class internal 30, the last of them as old versions; shorten model_store.payload_retention.internal"
            ),
        ),
        (
            loaded(events=(*GRANTED, event("revocation", 5))),
            EXAMPLE,
            (
                f"{EVENTS}/2026-11-05-revocation.yaml: revoked by somebody@example.com on 2026-11-05 "
                "(the weights were poisoned); take the version out of the stack"
            ),
        ),
        (
            loaded(events=(*GRANTED, event("evaluation", evaluation={**FIGURE, "value": 0.6}))),
            EXAMPLE,
            (
                f"{EVENTS}/2026-11-01-evaluation.yaml: evaluation.value: pairs spearman is 0.6 (2026-11-01), "
                "below its floor 0.7; serve a version that holds it"
            ),
        ),
        (
            loaded(change={"evaluations": [{**FIGURE, "direction": "lower"}]}),
            EXAMPLE,
            (
                f"{FILE}: evaluations.0.value: pairs spearman is 0.8 (2026-11-01), above its floor 0.7; "
                "serve a version that holds it"
            ),
        ),
    ],
)
def test_what_the_record_and_its_events_forbid(
    release: LoadedRelease, environment: Environment, said: str
) -> None:
    assert [str(problem) for problem in environment_problems(release, environment)] == [said]


@pytest.mark.parametrize(
    ("base", "choice", "said"),
    [
        ("image-with-stated-memory", ShareChoice(percent=25), []),
        (
            "image-with-stated-memory",
            ShareChoice(percent=10),
            [f"{WRITER}: rollout: a candidate (canary) may be given 5, 25, 100 per cent (got 10)"],
        ),
        (
            "image-with-stated-memory",
            ShareChoice(callers={"shop": (101, 100_000), "app": (1, 100_001)}),
            [
                (
                    f"{WRITER}: bounds.limits.tokens_per_minute: a caller may be granted at most 100000 "
                    "(got 100001 for app)"
                ),
                f"{WRITER}: bounds.limits.requests_per_minute: a caller may be granted at most 100 (got 101 for shop)",
            ],
        ),
    ],
)
def test_shares_and_limits_lie_within_the_envelope(base: str, choice: ShareChoice, said: list[str]) -> None:
    assert [str(problem) for problem in share_problems(loaded(base), choice)] == said


def test_blue_and_green_knows_a_probe_and_the_whole() -> None:
    blue = loaded(change={"rollout": {"strategy": "blue-green"}})
    assert [bool(share_problems(blue, ShareChoice(percent=p))) for p in (1, 50, 100)] == [False, True, False]


def test_an_acceptance_names_what_the_licence_asks_of_who_serves_the_model() -> None:
    """A review that says nothing of a policy or of a threshold has not judged a community licence."""
    change = {"licence.name": "gemma-terms", "licence.obligations": ["its prohibited use policy"]}
    silent = loaded(change=change, events=GRANTED)
    (found,) = environment_problems(silent, EXAMPLE)
    assert found.kind == "licence-obligations"
    assert found.path == f"{EVENTS}/2026-11-01-licence-review.yaml: obligations_met"
    assert "acceptable-use (the Gemma Prohibited Use Policy), pass-on (" in found.message

    half = event("licence-review", 3, licence="gemma-terms", obligations_met=["pass-on"])
    (found,) = environment_problems(loaded(change=change, events=(*GRANTED, half)), EXAMPLE)
    assert "acceptable-use" in found.message
    assert "pass-on" not in found.message

    whole = event("licence-review", 4, licence="gemma-terms", obligations_met=["acceptable-use", "pass-on"])
    assert environment_problems(loaded(change=change, events=(*GRANTED, half, whole)), EXAMPLE) == []


def test_the_use_of_a_stack_is_one_that_the_licence_permits() -> None:
    research = loaded("image-with-stated-memory")
    for use, kinds in (("research", []), ("internal", []), ("commercial", ["use"])):
        environment = Environment(account="111122223333", region="eu-central-1", use=use)  # type: ignore[arg-type]
        assert [p.kind for p in environment_problems(research, environment)] == kinds
