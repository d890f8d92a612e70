"""A rollout by commands: one line changes, and what the record asks is not left out in silence."""

import pytest

from tests.gate.cli.organisation import commit, organisation, run, second_version

DEV = "stacks/Pulumi.dev.yaml"
V1 = "          v1: {pool: cpu, replicas: {min: 0, max: 2}}\n"
V2 = V1.replace("v1", "v2")
START = "2026-11-29T10:00:00+00:00"


@pytest.fixture
def mine(tmp_path):
    root = second_version(organisation(tmp_path))
    commit(root, START)
    return root


def dev(mine):
    return (mine / DEV).read_text()


def promote(mine, *words, now=START, name="minilm/v2", stack="dev"):
    return run("release", "promote", name, f"--stack={stack}", f"--now={now}", *words, f"--from={mine}")


def test_a_version_enters_beside_the_stable_one_with_its_first_share(mine):
    before = dev(mine)
    code, out = promote(mine)
    assert code == 0
    assert dev(mine) == before.replace(V1, V1 + V2).replace(
        "traffic: {stable: v1}", "traffic: {stable: v1, candidate: v2, percent: 1}", 1
    )
    assert "-        traffic: {stable: v1}\n+          v2:" in out
    assert "minilm in dev: v1 99 %, v2 1 %\n" in out


def test_steps_are_taken_one_by_one_when_each_has_stood(mine):
    promote(mine)
    commit(mine, "2026-11-29T11:00:00+00:00")
    code, out = promote(mine, now="2026-11-29T11:59:00+00:00")
    held = (
        "  1 % is held for 60 minutes (rollout.hold_minutes): it was committed at 2026-11-29T11:00:00+00:00; "
    )
    assert (code, out.splitlines()[1]) == (2, f"{held}--skip-step REASON says why not")
    for hour, share in (
        (12, "candidate: v2, percent: 10"),
        (13, "candidate: v2, percent: 50"),
        (14, "stable: v2}"),
    ):
        assert promote(mine, now=f"2026-11-29T{hour}:00:00+00:00")[0] == 0
        assert share in dev(mine)
        commit(mine, f"2026-11-29T{hour}:00:00+00:00")
    assert promote(mine)[1].splitlines()[1] == (
        "  v2 answers everything that no candidate does; there is nothing to promote"
    )


def test_another_change_of_the_file_does_not_begin_the_hold_again(mine):
    promote(mine)
    commit(mine, "2026-11-29T11:00:00+00:00")
    (mine / DEV).write_text(dev(mine).replace("max_gpus: 8", "max_gpus: 16"))
    commit(mine, "2026-11-29T11:50:00+00:00")
    assert promote(mine, now="2026-11-29T12:00:00+00:00")[0] == 0


def test_what_is_left_out_is_said_and_stands_in_the_file(mine):
    promote(mine)
    commit(mine, START)
    code, out = promote(mine, "--to=50", now="2026-11-29T12:00:00+00:00")
    assert (code, out.splitlines()[1]) == (2, "  skips 10 % (rollout.steps); --skip-step REASON says why not")
    assert (
        promote(mine, "--to=50", "--skip-step=the fix cannot wait", now="2026-11-29T12:00:00+00:00")[0] == 0
    )
    line = next(line for line in dev(mine).splitlines() if "percent: 50" in line)
    assert line == (
        "        traffic: {stable: v1, candidate: v2, percent: 50}"
        "  # skipped: 2026-11-29 skips 10 % (rollout.steps). Why: the fix cannot wait"
    )
    commit(mine, "2026-11-29T12:00:00+00:00")
    assert promote(mine, now="2026-11-29T13:00:00+00:00")[0] == 0
    assert "skipped" not in dev(mine)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--to=7"], "a candidate (canary) may be given 1, 10, 50, 100 per cent (got 7)"),
        (["--to=1"], "it has 10 per cent already; slipway release rollback takes a share back (got 1)"),
    ],
)
def test_a_share_is_a_step_and_rises(mine, words, problem):
    promote(mine, "--to=10", "--skip-step=x")
    assert promote(mine, *words)[1].splitlines()[1:] == [f"  {problem}"]


def test_what_may_not_be_served_gets_no_share(mine):
    run(
        "release",
        "revoke",
        "minilm/v2",
        "--reason=it lies",
        "--evidence=x",
        "--today=2026-11-29",
        f"--from={mine}",
    )
    before = dev(mine)
    code, out = promote(mine)
    assert (code, dev(mine)) == (2, before)
    assert "revoked by model-risk@example.com on 2026-11-29 (it lies)" in out


def test_what_was_not_measured_anew_gets_no_share(mine):
    (mine / "releases/models/minilm/v2/events/2026-11-29-evaluation.yaml").unlink()
    code, out = promote(mine)
    assert (
        code,
        "has no evaluation event (got 1 per cent); slipway release evaluate appends one" in out,
    ) == (2, True)


def test_a_language_model_enters_without_a_share_and_in_the_other_slot(mine):
    folder = mine / "releases/models/support-chat"
    for number in (2, 3):
        (folder / f"v{number}").mkdir()
        text = (folder / "v1/release.yaml").read_text().replace("version: v1", f"version: v{number}")
        (folder / f"v{number}/release.yaml").write_text(text.replace("-v1/", f"-v{number}/"))
        for command in ("review", "approve"):
            words = (f"support-chat/v{number}", "--evidence=x", "--today=2026-11-29", f"--from={mine}")
            assert run("release", command, *words)[0] == 0
    before = dev(mine)
    assert promote(mine, name="support-chat/v3")[0] == 0
    entry = "          v1: {pool: l4}\n"
    assert dev(mine) == before.replace(entry, entry + "          v3: {pool: l4, slot: b}\n")
    assert "has no evaluation event" in promote(mine, name="support-chat/v3")[1]


def rollback(mine, *words):
    return run("release", "rollback", "minilm", "--stack=dev", *words, f"--from={mine}")


def test_the_way_back_takes_the_share_and_keeps_the_pods(mine):
    promote(mine)
    assert rollback(mine)[0] == 0
    assert "        traffic: {stable: v1}\n" in dev(mine)
    assert V2 in dev(mine)
    promote(mine, "--to=100", "--skip-step=x")
    assert "traffic: {stable: v2}" in dev(mine)
    assert rollback(mine)[0] == 0
    assert "        traffic: {stable: v1}\n" in dev(mine)


def test_a_way_back_that_leads_nowhere_is_refused(mine):
    assert rollback(mine)[1].splitlines()[1:] == ["  v1 answers, and no other version runs; list one first"]
    assert rollback(mine, "--to=v9")[1] == "--to: dev runs no minilm/v9; there are v1"
    assert rollback(mine, "--to=v1")[1].splitlines()[1:] == ["  v1 answers everything already"]


def test_a_revoked_version_does_not_answer_again(mine):
    promote(mine, "--to=100", "--skip-step=x")
    run(
        "release",
        "revoke",
        "minilm/v1",
        "--reason=it lies",
        "--evidence=x",
        "--today=2026-11-29",
        f"--from={mine}",
    )
    assert rollback(mine)[1].splitlines()[0] == "minilm/v1 may not answer:"


def test_a_version_goes_when_its_window_is_over(mine):
    promote(mine, "--to=100", "--skip-step=x")
    commit(mine, "2026-11-29T12:00:00+00:00")
    words = ("release", "retire", "minilm/v1", "--stack=dev", f"--from={mine}")
    held = "  rollout.rollback_window_hours is 24: it was committed at 2026-11-29T12:00:00+00:00; "
    assert run(*words, "--now=2026-11-30T11:00Z")[1].splitlines()[1:] == [
        f"{held}--skip-step REASON says why it need not wait"
    ]
    assert run("release", "retire", "minilm/v2", "--stack=dev", f"--from={mine}")[1].splitlines()[1:] == [
        "  it answers 100 % of requests; roll it back, or promote the other version"
    ]
    assert run(*words, "--now=2026-11-30T12:00Z")[0] == 0
    assert V1 not in dev(mine)


@pytest.mark.parametrize(
    ("stack", "name", "problem"),
    [
        (
            "nope",
            "minilm/v2",
            "nope: no such stack; there are dev, prod, prod-models, staging, staging-models",
        ),
        ("prod", "minilm/v2", "stack prod runs no model 'minilm'; slipway model new enters one"),
        ("dev", "minilm/v9", "minilm/v9 cannot be read:"),
    ],
)
def test_what_is_not_there_is_named(mine, stack, name, problem):
    code, out = promote(mine, stack=stack, name=name)
    assert (code, out.splitlines()[0]) == (2, problem)


def test_a_time_is_a_time(mine):
    assert promote(mine, now="soon")[1] == "--now: should be a time such as 2026-11-23T09:30Z (got 'soon')"
