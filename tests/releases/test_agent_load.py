"""Loading a folder of agents: the committed ones, and every way they can contradict models, people and each other."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from releases.agent_load import load_agents
from releases.load import load_releases
from releases.record_file import ReleaseError, record_digest
from tests.releases.agents_examples import ROOT, agent

EXAMPLES = ROOT / "examples" / "releases"
NAME = "releases/agents/support-mail/v1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples' models, and the first version of their agent."""
    shutil.copytree(EXAMPLES, tmp_path / "releases")
    shutil.rmtree(tmp_path / "releases" / "agents" / "support-mail" / "v2")
    return tmp_path / "releases" / "agents"


def problems(folder: Path) -> list[str]:
    with pytest.raises(ReleaseError) as caught:
        load_agents(load_releases(folder.parent / "models"), folder)
    return caught.value.problems


def write(
    folder: Path, data: dict[str, Any], name: str = "support-mail", *, keep_events: bool = False
) -> None:
    path = folder / name / "v1" / "agent.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    if not keep_events:
        shutil.rmtree(path.parent / "events", ignore_errors=True)


@pytest.mark.parametrize(
    ("root", "expected"), [(ROOT / "releases", "incident-triage"), (EXAMPLES, "support-mail")]
)
def test_the_committed_agents_are_approved(root: Path, expected: str) -> None:
    agents = load_agents(load_releases(root / "models"), root / "agents")

    assert list(agents) == [expected]
    assert agents[expected]["v1"].state.word(date(2026, 11, 29)) == "approved"


def test_no_folder_is_no_agent(tmp_path: Path) -> None:
    assert load_agents({}, tmp_path / "agents") == {}


def test_an_agent_that_nobody_approved_is_not(folder: Path) -> None:
    write(folder, agent())
    agents = load_agents(load_releases(folder.parent / "models"), folder)

    assert agents["support-mail"]["v1"].state.word(date(2026, 11, 29)) == "not approved"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"approvals.0.by": "leads"},
            [
                (
                    "approvals.0.by: no group of releases/agents/approvers.yaml; there are support-leads "
                    "(got 'leads')"
                )
            ],
        ),
        (
            {"model.at_least": "v7", "model.below": None},
            [
                (
                    "model: nobody serves chat-8b v7 or later; there are v1, v2, v3; widen the range, or release "
                    "a version in it"
                )
            ],
        ),
        (
            {"model.name": "chat-9b"},
            [
                (
                    "model.name: no model 'chat-9b'; there are chat-70b, chat-8b, embedding, income, reranker, "
                    "sentiment"
                )
            ],
        ),
        (
            {"model.name": "embedding", "model.below": "v2", "data_class": "internal"},
            [
                (
                    "model.name: embedding/v1 does text-embedding; an agent thinks with one that does chat or "
                    "text-generation (got 'embedding')"
                )
            ],
        ),
        (
            {"data_class": "restricted", "memory.retention_days.restricted": 1, "model.below": "v2"},
            [
                (
                    "data_class: chat-8b/v1 may be sent confidential at most; take another model, or tools that "
                    "hold less (got 'restricted')"
                )
            ],
        ),
    ],
)
def test_what_is_not_there_is_refused(folder: Path, change: dict[str, Any], expected: list[str]) -> None:
    data = agent(change)
    if data["data_class"] == "internal":
        data["tools"]["read-mail"]["data_class"] = "internal"
    write(folder, data)

    assert problems(folder) == [f"{NAME}/agent.yaml: {line}" for line in expected]


def test_a_model_without_a_licence_for_the_use_is_refused(folder: Path) -> None:
    model = folder.parent / "models" / "chat-8b" / "v1"
    record = yaml.safe_load((model / "release.yaml").read_text())
    record["licence"]["permitted_uses"] = ["research"]
    (model / "release.yaml").write_text(yaml.safe_dump(record))
    for path in (model / "events").iterdir():
        event = yaml.safe_load(path.read_text())
        path.write_text(yaml.safe_dump(event | {"record": record_digest(record)}))
    write(folder, agent({"model.below": "v2"}))

    assert problems(folder) == [
        (
            f"{NAME}/agent.yaml: use: chat-8b/v1 may be used for research (llama-3.1-community); take a "
            "model whose licence permits it (got 'commercial')"
        )
    ]


def test_two_agents_on_one_queue_are_refused(folder: Path) -> None:
    write(folder, agent({"agent": "returns"}), "returns")

    assert problems(folder) == [
        f"{NAME}/agent.yaml: queue: is that of agent returns; name another (got 'support-mail')"
    ]


def test_an_event_that_judged_another_record_is_refused(folder: Path) -> None:
    write(folder, agent({"purpose": "Another one."}), keep_events=True)

    (said,) = problems(folder)
    assert said.startswith(f"{NAME}/events/2026-11-29-approval.yaml: record: should be sha256:")


def test_an_event_that_is_said_of_models_only_is_refused(folder: Path) -> None:
    data = agent()
    event = {
        "kind": "licence-review",
        "date": date(2026, 11, 29),
        "who": "a@example.com",
        "record": record_digest(data),
        "evidence": ["x"],
        "licence": "MIT",
        "decision": "accepted",
    }
    (folder / "support-mail" / "v1" / "events" / "2026-11-29-licence-review.yaml").write_text(
        yaml.safe_dump(event)
    )

    assert problems(folder) == [
        (
            f"{NAME}/events/2026-11-29-licence-review.yaml: kind: is said of models, not of agents "
            "(got 'licence-review')"
        )
    ]


def test_what_nobody_would_read_is_refused(folder: Path) -> None:
    (folder / "notes.md").write_text("x")
    (folder / "empty").mkdir()
    (folder / "support-mail" / "v1" / "agents.yaml").write_text("x: 1")
    (folder / "support-mail" / "v2").mkdir()
    (folder / "support-mail" / "v3.yaml").write_text("x: 1")
    (folder / "approvers.yaml").write_text("support-leads: [Lea]\n")

    assert problems(folder) == [
        "releases/agents/empty: holds no version",
        "releases/agents/notes.md: should be a folder named after an agent, or approvers.yaml",
        "releases/agents/support-mail/v1/agents.yaml: unknown file; did you mean agent.yaml?",
        "releases/agents/support-mail/v2/agent.yaml: is missing",
        "releases/agents/support-mail/v3.yaml: should be a folder named after a version",
        "releases/agents/approvers.yaml: support-leads.0: should be an e-mail address (got 'Lea')",
        (
            f"{NAME}/agent.yaml: approvals.0.by: no group of releases/agents/approvers.yaml; there are none "
            "(got 'support-leads')"
        ),
        (
            f"{NAME}/agent.yaml: fail_soft.0.to: no group of releases/agents/approvers.yaml; there are none "
            "(got 'support-leads')"
        ),
    ]


def test_without_approvers_nobody_could_approve(folder: Path) -> None:
    (folder / "approvers.yaml").unlink()

    assert problems(folder)[0] == (
        "releases/agents/approvers.yaml: is missing; it names the groups that approve, each with its people"
    )


def test_a_record_in_the_wrong_folder_is_refused(folder: Path) -> None:
    write(folder, agent({"agent": "other", "queue": "other"}))

    assert problems(folder) == [
        f"{NAME}/agent.yaml: agent: should be 'support-mail', as its folder (got 'other')"
    ]
