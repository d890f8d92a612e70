"""What a change lets agents do that they might not before, told in words."""

import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml

from gate.pull_request.agents import agent_notes
from tests.releases.agents_examples import agent
from tests.releases.events_examples import DIGEST, FIGURE

FILE = "releases/agents/support-mail/{}/agent.yaml"


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 our words


def write(root: Path, version: str, data: object) -> None:
    path = root / FILE.format(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))


@pytest.fixture
def base(tmp_path: Path) -> str:
    """A commit with the support agent's first version, which may send no mail."""
    without = agent({"approvals.0.unless": []}, ("tools.send-mail",))
    write(tmp_path, "v1", without)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "base")
    return git(tmp_path, "rev-parse", "HEAD")


def told(root: Path, base: str) -> list[str]:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "change")
    return agent_notes(root, base)


def test_a_new_version_says_what_is_new(tmp_path: Path, base: str) -> None:
    write(tmp_path, "v2", agent({"version": "v2", "approvals.0.unless": [], "budgets.steps": 12}))

    assert told(tmp_path, base) == [
        (
            "Agent support-mail/v2 may now call send-mail as mail-sender (nothing undoes it), after approval by "
            "support-leads within 8 h."
        ),
        "Agent support-mail/v2 may now use 12 steps, 40000 tokens, 120.00 and 24 h a run, 50 runs at once.",
        "Agent support-mail/v2 may no longer use 10 steps, 40000 tokens, 120.00 and 24 h a run, 50 runs at once.",
    ]


def test_an_approval_that_is_needed_no_more_is_told(tmp_path: Path, base: str) -> None:
    exception = [{"tool": "refund", "at_most_cents": 2000, "calls": 1}]
    write(tmp_path, "v2", agent({"version": "v2", "approvals.0.unless": exception}, ("tools.send-mail",)))
    refund = "call refund as refund-clerk (nothing undoes it, up to 100.00 a call), after approval by support-leads"

    assert told(tmp_path, base) == [
        f"Agent support-mail/v2 may now {refund} within 8 h, but for the first call of up to 20.00 in a run.",
        f"Agent support-mail/v2 may no longer {refund} within 8 h.",
    ]


def test_an_agent_that_is_new_says_everything(tmp_path: Path, base: str) -> None:
    path = tmp_path / "releases/agents/returns/v1/agent.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(agent({"agent": "returns", "queue": "returns"}), sort_keys=False))
    said = told(tmp_path, base)

    assert len(said) == 8
    assert said[0] == "Agent returns/v1 may now call read-mail as mail-reader (changes nothing)."


@pytest.mark.parametrize("data", [{"agent": "support-mail"}, "a: [", "a: 1\na: 2"])
def test_a_record_that_is_wrong_is_left_to_the_preview(tmp_path: Path, base: str, data: object) -> None:
    write(tmp_path, "v2", data)

    assert told(tmp_path, base) == []


def test_what_is_no_record_says_nothing(tmp_path: Path, base: str) -> None:
    (tmp_path / "releases/agents/approvers.yaml").write_text("a: [b@example.com]")

    assert told(tmp_path, base) == []


SUITE = {
    "suite": "support-mail",
    "suite_version": "1",
    "dataset_digest": DIGEST,
    "floors": {"task_success": 0.9, "refusals": 1},
    "ceilings": {"cents_a_task": 700, "tokens_a_task": 6000},
}


def test_what_an_agent_must_show_is_told_when_it_changes(tmp_path: Path, base: str) -> None:
    same = {"version": "v2", "approvals.0.unless": []}
    write(tmp_path, "v2", agent(same | {"evaluations": SUITE}, ("tools.send-mail",)))

    assert told(tmp_path, base) == [
        "Agent support-mail/v2 must now show task-success of at least 0.9 on support-mail 1.",
        "Agent support-mail/v2 must now show refusals of at least 1 on support-mail 1.",
        "Agent support-mail/v2 must now show forbidden-effects of at most 0 on support-mail 1.",
        "Agent support-mail/v2 must now show cents-a-task of at most 700 on support-mail 1.",
        "Agent support-mail/v2 must now show tokens-a-task of at most 6000 on support-mail 1.",
    ]
    second = git(tmp_path, "rev-parse", "HEAD")
    laxer = {**SUITE, "floors": {"task_success": 0.5, "refusals": 1}}
    write(tmp_path, "v3", agent(same | {"version": "v3", "evaluations": laxer}, ("tools.send-mail",)))

    assert told(tmp_path, second) == [
        "Agent support-mail/v3 must now show task-success of at least 0.5 on support-mail 1.",
        "Agent support-mail/v3 must no longer show task-success of at least 0.9 on support-mail 1.",
    ]


def test_what_was_measured_is_told(tmp_path: Path, base: str) -> None:
    def measured(name: str, **changes: object) -> None:
        figure = {**FIGURE, "suite": "support-mail", **changes}
        said = {
            "kind": "evaluation",
            "date": date(2026, 11, 30),
            "who": "quality@example.com",
            "record": DIGEST,
        }
        path = (tmp_path / FILE.format("v1")).parent / "events" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({**said, "evidence": ["x"], "evaluation": figure}))

    used = {"release": "chat-8b/v2", "record": DIGEST}
    measured("2026-11-30-evaluation.yaml", metric="task-success", value=1.0, floor=0.9, measured_with=used)
    measured("2026-11-30-evaluation-2.yaml", metric="refusals", value=0.5, floor=1, measured_with=used)
    scripted = {**used, "script": DIGEST}
    measured(
        "2026-11-30-evaluation-3.yaml",
        metric="cents-a-task", value=2, floor=3, direction="lower", measured_with=scripted,
    )  # fmt: skip
    measured("2026-11-30-evaluation-4.yaml", metric="of-a-model")
    (tmp_path / FILE.format("v1")).with_name("events").joinpath("2026-11-30-evaluation-5.yaml").write_text(
        "a: ["
    )

    assert told(tmp_path, base) == [
        "Agent support-mail/v1 was measured with a script in place of chat-8b/v2: cents-a-task 2 (at most 3).",
        (
            "Agent support-mail/v1 was measured with chat-8b/v2: refusals 0.5 (at least 1: does not hold), "
            "task-success 1 (at least 0.9)."
        ),
    ]
