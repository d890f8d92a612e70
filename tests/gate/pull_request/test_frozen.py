"""Merged records keep their values and merged events stay; what is new may be written."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.pull_request.frozen import bases, broken_promises

RECORD = "releases/models/minilm/v1/release.yaml"
EVENTS = "releases/models/minilm/v1/events"
SIGNATURE = "releases/models/minilm/v1/signature.json"
PAIRS = "releases/evaluations/sentence-pairs-v1.tsv"
APPROVAL = f"{EVENTS}/2026-11-23-approval.yaml"


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *identity, *words]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 git with our own words


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the committed releases on main, and a branch that left it."""
    for folder in ("evaluations", "models"):
        shutil.copytree(ROOT / "releases" / folder, tmp_path / "releases" / folder)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "base")
    git(tmp_path, "switch", "-q", "-c", "work")
    return tmp_path


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new, 1))

    return change


def add(file: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)

    return change


def remove(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


ALLOWED = [
    lambda _root: None,
    edit(RECORD, "provenance: genuine", "provenance:   genuine  # a comment"),
    add(f"{EVENTS}/2026-12-01-incident.yaml", "kind: incident\n"),
    add("releases/models/minilm/v2/release.yaml", "model: minilm\n"),
]


@pytest.mark.parametrize("change", ALLOWED)
def test_what_is_new_or_says_the_same_is_allowed(checkout, change):
    change(checkout)
    assert broken_promises(checkout, "main") == []


REFUSED = [
    (
        edit(RECORD, "owner: search", "owner: other"),
        f"{RECORD}: owner differs from what was merged; write a new version",
    ),
    (
        edit(RECORD, "  pii: refused\n", ""),
        f"{RECORD}: data.pii differs from what was merged; write a new version",
    ),
    (
        edit(RECORD, "  gpu_count: 0", "  gpu_count: 0.0"),
        f"{RECORD}: needs.gpu_count differs from what was merged; write a new version",
    ),
    (
        edit(APPROVAL, "decision: approved", "decision: refused"),
        f"{APPROVAL}: decision differs from what was merged; append another event",
    ),
    (remove(APPROVAL), f"{APPROVAL}: is gone; events are only ever appended"),
    (remove(RECORD), f"{RECORD}: is gone; a record stays for good"),
    (
        edit(SIGNATURE, "{", "{ "),
        f"{SIGNATURE}: differs from what was merged; write a new version",
    ),
    (
        edit(PAIRS, "5\t", "4\t"),
        f"{PAIRS}: differs from what was merged; write a new version",
    ),
]


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_was_merged_stays(checkout, change, said, committed):
    change(checkout)
    if committed:
        git(checkout, "commit", "-q", "-a", "-m", "change")
    assert broken_promises(checkout, "main") == [said]


def test_a_base_that_is_not_there_is_no_pass(checkout):
    with pytest.raises(GateError, match=r"there is no commit 'origin/main' here; is it fetched\?$"):
        broken_promises(checkout, "origin/main")


def test_a_file_that_cannot_be_read_is_no_pass(checkout):
    (checkout / RECORD).write_text("a: [")
    with pytest.raises(GateError, match=r"^releases cannot be compared with their base:"):
        broken_promises(checkout, "main")


def test_values_within_a_list_are_compared_by_type_too(checkout):
    """``1 == 1.0 == True``, but a record that is read strictly tells them apart."""
    record = checkout / RECORD
    record.write_text(record.read_text() + "\nmade_up:\n  steps: [1, 10]\n")
    git(checkout, "commit", "-q", "-a", "-m", "base with a list")
    git(checkout, "branch", "-f", "base")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "of its own")
    edit(RECORD, "[1, 10]", "[1.0, 10]")(checkout)
    assert broken_promises(checkout, "base") == [
        f"{RECORD}: made_up.steps differs from what was merged; write a new version"
    ]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_a_push_to_the_base_itself_is_seen(checkout, change, said):
    """After a merge, or a push that nobody reviewed, main is where it left main: the commit before it counts."""
    git(checkout, "switch", "-q", "main")
    change(checkout)
    git(checkout, "commit", "-q", "-a", "-m", "straight to main")
    assert broken_promises(checkout, "main") == [said]


@pytest.mark.parametrize("change", ALLOWED)
def test_what_may_be_pushed_to_the_base_is_allowed_there(checkout, change):
    git(checkout, "switch", "-q", "main")
    change(checkout)
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "straight to main")
    assert broken_promises(checkout, "main") == []


def test_a_merge_is_compared_with_the_branch_it_went_into(checkout):
    remove(APPROVAL)(checkout)
    git(checkout, "commit", "-q", "-a", "-m", "on the branch")
    git(checkout, "switch", "-q", "main")
    git(checkout, "merge", "-q", "--no-ff", "-m", "merge", "work")
    assert broken_promises(checkout, "main") == [f"{APPROVAL}: is gone; events are only ever appended"]


def test_several_commits_of_a_push_are_compared_with_what_was_there_before(checkout):
    git(checkout, "switch", "-q", "main")
    git(checkout, "branch", "before")
    remove(APPROVAL)(checkout)
    git(checkout, "commit", "-q", "-a", "-m", "one")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "two")
    assert broken_promises(checkout, "before") == [f"{APPROVAL}: is gone; events are only ever appended"]


def test_files_that_are_no_text_are_compared_too(checkout):
    path = checkout / "releases/models/minilm/v1/signature.pub"
    path.write_bytes(b"\xff\xfe\x00")
    git(checkout, "commit", "-q", "-a", "-m", "binary")
    git(checkout, "branch", "-f", "base")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "of its own")
    assert broken_promises(checkout, "base") == []
    path.write_bytes(b"\xff\xfe\x01")
    assert broken_promises(checkout, "base") == [
        "releases/models/minilm/v1/signature.pub: differs from what was merged; write a new version"
    ]


def test_a_shallow_clone_is_compared_with_what_it_holds(checkout, tmp_path_factory):
    git(checkout, "switch", "-q", "main")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "second")
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "-q", "--depth=1", f"file://{checkout}", str(clone / "it"))
    assert len(bases(clone / "it", "main")) == 1
    assert len(bases(checkout, "main")) == 2


def test_a_fork_may_clear_what_the_example_organisation_decided(checkout: Path) -> None:
    """But nothing of its own, and nothing while a stack stands in the account of documentation."""
    (checkout / "stacks").mkdir()
    stack = checkout / "stacks" / "Pulumi.dev.yaml"
    text = (ROOT / "stacks" / "Pulumi.dev.yaml").read_text()
    stack.write_text(text)
    (checkout / APPROVAL).unlink()
    shutil.rmtree(checkout / "releases/models/support-chat")
    assert len(broken_promises(checkout, "main")) == 6
    stack.write_text(text.replace("111122223333", "444455556666"))
    assert broken_promises(checkout, "main") == []
    (checkout / APPROVAL).write_text("who: another@acme.io\n")
    assert broken_promises(checkout, "main") != []
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "ours")
    git(checkout, "branch", "-f", "ours")
    git(checkout, "switch", "-q", "-c", "later")
    (checkout / APPROVAL).unlink()
    assert broken_promises(checkout, "ours") == [f"{APPROVAL}: is gone; events are only ever appended"]
