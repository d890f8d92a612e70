"""A share that rose past a step or before its time is refused, whoever wrote it, unless the line says why."""

import subprocess

import pytest

from gate.evaluate.share_findings import RULE, share_findings
from policies.engine.graph import Graph
from stacks.load import read_stack
from tests.gate.cli.organisation import commit, git, organisation, run, second_version

DEV = "stacks/Pulumi.dev.yaml"
V1 = "          v1: {pool: cpu, replicas: {min: 0, max: 2}}\n"
BOTH = V1 + V1.replace("v1", "v2")
ALONE = "traffic: {stable: v1}"
PLACE = f"{DEV}: models.minilm.traffic: v2: "


@pytest.fixture
def mine(tmp_path):
    root = second_version(organisation(tmp_path / "mine"))
    edit(root, V1, BOTH)
    commit(root, "2026-11-29T10:00:00+00:00")
    return root


def edit(root, old, new):
    text = (root / DEV).read_text()
    assert old in text
    (root / DEV).write_text(text.replace(old, new, 1))


def traffic(root, said, at="", note=""):
    """Write shares by hand, and commit them where a time is given."""
    text = (root / DEV).read_text()
    start = text.index("        traffic: {stable: v", text.index("      minilm:"))
    end = text.index("\n", start)
    (root / DEV).write_text(f"{text[:start]}        traffic: {{{said}}}{note}{text[end:]}")
    if at:
        commit(root, f"2026-11-29T{at}:00+00:00")


def said(root):
    found = share_findings(Graph([]), read_stack("dev", root / "stacks"), root)
    assert {finding.rule for finding in found} <= {RULE}
    return [(finding.level, finding.message) for finding in found]


def test_steps_in_their_order_and_time_pass(mine):
    assert said(mine) == []
    for hour, shares in (
        (11, "stable: v1, candidate: v2, percent: 1"),
        (12, "stable: v1, candidate: v2, percent: 10"),
        (13, "stable: v1, candidate: v2, percent: 50"),
        (14, "stable: v2"),
    ):
        traffic(mine, shares)
        assert said(mine) == []
        commit(mine, f"2026-11-29T{hour}:00:00+00:00")
        assert said(mine) == []


def test_a_step_that_is_left_out_is_refused_committed_or_not(mine):
    traffic(mine, "stable: v1, candidate: v2, percent: 50")
    refused = [("mandatory", f"{PLACE}skips 1 %, 10 % (rollout.steps)")]
    assert said(mine) == refused
    commit(mine, "2026-11-29T11:00:00+00:00")
    assert said(mine) == refused
    (mine / DEV).write_text((mine / DEV).read_text() + "# another word\n")
    commit(mine, "2026-11-29T12:00:00+00:00")
    assert said(mine) == refused


def test_a_promotion_at_once_is_refused(mine):
    traffic(mine, "stable: v2")
    assert said(mine) == [("mandatory", f"{PLACE}skips 1 %, 10 %, 50 % (rollout.steps)")]


def test_a_hold_that_is_cut_short_is_refused(mine):
    traffic(mine, "stable: v1, candidate: v2, percent: 1", "11:00")
    traffic(mine, "stable: v1, candidate: v2, percent: 10", "11:59")
    held = "1 % was held for 59 of 60 minutes (rollout.hold_minutes)"
    assert said(mine) == [("mandatory", f"{PLACE}{held}")]
    traffic(mine, "stable: v1, candidate: v2, percent: 50", "12:30")
    assert said(mine) == [("mandatory", f"{PLACE}10 % was held for 31 of 60 minutes (rollout.hold_minutes)")]


def test_a_reason_behind_the_line_is_what_says_it_once(mine):
    note = "  # skipped: 2026-11-29 skips 1 % (rollout.steps). Why: the fix cannot wait"
    traffic(mine, "stable: v1, candidate: v2, percent: 10", "11:00", note)
    assert said(mine) == []
    traffic(mine, "stable: v2", "13:00", note)
    assert said(mine) == [("mandatory", f"{PLACE}skips 50 % (rollout.steps)")]


@pytest.mark.parametrize("note", ["  # skipped: 2026-11-29 Why:  ", "  # Why: I want it"])
def test_a_comment_without_a_reason_says_nothing(mine, note):
    traffic(mine, "stable: v1, candidate: v2, percent: 10", "11:00", note)
    assert said(mine) == [("mandatory", f"{PLACE}skips 1 % (rollout.steps)")]


def test_the_way_back_never_waits(mine):
    traffic(mine, "stable: v1, candidate: v2, percent: 1", "11:00")
    traffic(mine, "stable: v1", "11:01")
    assert said(mine) == []
    traffic(mine, "stable: v2", "11:02", "  # skipped: all. Why: a trial")
    traffic(mine, "stable: v1", "11:03")
    assert said(mine) == []
    traffic(mine, "stable: v2", "11:04")
    assert said(mine) == [("mandatory", f"{PLACE}skips 1 %, 10 %, 50 % (rollout.steps)")]


def test_what_a_command_writes_passes(mine):
    now = "--now=2026-11-29T11:00:00+00:00"
    words = ("release", "promote", "minilm/v2", "--stack=dev", "--to=10", now, f"--from={mine}")
    assert run(*words)[0] == 2
    assert run(*words, "--skip-step=the fix cannot wait")[0] == 0
    commit(mine, "2026-11-29T11:00:00+00:00")
    assert said(mine) == []


def test_a_clone_without_history_says_that_it_cannot_tell(mine, tmp_path):
    traffic(mine, "stable: v1, candidate: v2, percent: 1", "11:00")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{mine}", str(shallow)], check=True)  # noqa: S603, S607 our own
    cannot = "this checkout has no history to tell whether its share rose step after step"
    assert said(shallow) == [("advisory", f"{PLACE}{cannot}")]
    git(shallow, "fetch", "-q", "--unshallow")
    assert said(shallow) == []
