"""What a change lets agents do that they might not before, told in words."""

import subprocess
from pathlib import Path

import pytest
import yaml

from gate.pull_request.agents import agent_notes
from tests.releases.agents_examples import agent

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
