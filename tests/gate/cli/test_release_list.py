"""``slipway release``: read by people and by machines, and one clear word where there is nothing to read."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from gate.cli.app import app
from gate.core.checkout import ROOT
from gate.core.errors import GateError

RUN = CliRunner()


def said(*words):
    result = RUN.invoke(app, ["release", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_every_release_is_listed_with_its_state():
    lines = [line.split() for line in said("list", "--today=2026-11-23").splitlines()]
    assert lines[0] == ["release", "state", "owner", "licence", "engine", "provenance"]
    assert [line[0] for line in lines[1:]] == [
        "minilm/v1",
        "support-chat/v1",
        "agents/incident-triage/v1",
        "agents/incident-triage/v2",
        "agents/incident-triage/v3",
    ]
    rows = json.loads(said("list", "--format=json", "--today=2026-11-23"))
    assert {row["state"] for row in rows} == {"approved"}


def test_the_state_of_one_comes_with_its_events():
    text = said("status", "support-chat/v1", "--today=2026-11-23")
    assert text.startswith("support-chat/v1: approved\n")
    assert "2026-11-23 approval: decision approved (model-risk@example.com)" in text
    (row,) = json.loads(said("status", "support-chat", "--format=json", "--today=2026-11-23"))
    assert [event["kind"] for event in row["events"]] == ["approval", "licence-review"]


def test_a_sunset_shows_on_its_day(tmp_path):
    shutil.copytree(ROOT / "releases" / "models", tmp_path / "releases" / "models")
    (row,) = json.loads(said("status", "minilm", "--format=json", f"--from={tmp_path}"))
    events = tmp_path / "releases" / "models" / "minilm" / "v1" / "events"
    (events / "2026-12-01-sunset.yaml").write_text(
        f"kind: sunset\ndate: 2026-12-01\nwho: a@example.com\nrecord: {row['record']}\n"
        "evidence: [ticket]\nends: 2027-01-01\nreason: replaced\n"
    )

    def state(day):
        return said("status", "minilm", f"--from={tmp_path}", f"--today={day}").splitlines()[0]

    assert (state("2026-12-31"), state("2027-01-01")) == ("minilm/v1: approved", "minilm/v1: sunset")


def events_of_minilm(tmp_path):
    shutil.copytree(ROOT / "releases" / "models", tmp_path / "releases" / "models")
    (row,) = json.loads(said("status", "minilm", "--format=json", f"--from={tmp_path}"))
    return tmp_path / "releases" / "models" / "minilm" / "v1" / "events", row["record"]


def test_what_speaks_against_a_release_is_said_with_its_file(tmp_path):
    events, record = events_of_minilm(tmp_path)
    (events / "2026-12-01-revocation.yaml").write_text(
        f"kind: revocation\ndate: 2026-12-01\nwho: a@example.com\nrecord: {record}\n"
        "evidence: [ticket 9]\nreason: poisoned\n"
    )
    text = said("status", "minilm", f"--from={tmp_path}", "--today=2026-12-02")
    assert text.startswith(f"minilm/v1: revoked\n  record {record}\n")
    assert (
        "against it: releases/models/minilm/v1/events/2026-12-01-revocation.yaml: revoked by a@example.com on "
        "2026-12-01 (poisoned); take the version out of the stack"
    ) in text
    assert "    ticket 9\n" in text
    (row,) = json.loads(said("status", "minilm", "--format=json", f"--from={tmp_path}", "--today=2026-12-02"))
    assert (row["state"], len(row["against"]), row["notices"]) == ("revoked", 1, [])
    assert row["events"][-1]["file"].endswith("2026-12-01-revocation.yaml")


def test_a_figure_below_its_floor_is_a_state(tmp_path):
    events, record = events_of_minilm(tmp_path)
    (events / "2026-12-01-evaluation.yaml").write_text(
        f"kind: evaluation\ndate: 2026-12-01\nwho: a@example.com\nrecord: {record}\nevidence: [run 9]\n"
        f"evaluation: {{suite: sentence-pairs, suite_version: '2', dataset_digest: {record}, metric: spearman, "
        "value: 0.7, floor: 0.8, by: a@example.com, date: 2026-12-01}\n"
    )
    text = said("status", "minilm", f"--from={tmp_path}", "--today=2026-12-02")
    assert text.startswith("minilm/v1: below its floor\n")
    assert "sentence-pairs spearman: 0.7 does NOT hold its floor 0.8" in text
    (row,) = json.loads(said("status", "minilm", "--format=json", f"--from={tmp_path}"))
    assert [(e["metric"], e["value"], e["holds"]) for e in row["evaluations"]] == [("spearman", 0.7, False)]


def test_sizes_are_explained_with_the_machines_that_hold_them():
    text = said("explain", "support-chat/v1")
    assert "15.26 GiB weights + 2.25 GiB cache (2 x 8192 tokens) + 2.00 GiB engine = 19.51 GiB" in text
    assert "needs 4" in next(line for line in text.splitlines() if line.startswith("g6.xlarge"))
    (row,) = json.loads(said("explain", "support-chat", "--format=json"))
    assert (row["gpu_memory_gib"], row["instances"][0]["instance_type"]) == (19.51, "g6.2xlarge")
    assert "2 (key, value) x 8 of 8 heads x 128 numbers x 2 bytes = 4096 bytes" in text
    assert "pool l4 of stack dev: yes, on g6.2xlarge, g6.4xlarge" in text
    assert [pool["stack"] for pool in row["pools"]] == ["dev", "prod", "staging"]
    cpu = said("explain", "minilm")
    assert "needs no GPU: 2 CPUs and 2 GiB of memory" in cpu
    assert "pool cpu of stack dev: yes, on m7i.xlarge, m7i.2xlarge" in cpu


def test_a_size_is_explained_where_stack_files_are_wrong(tmp_path):
    shutil.copytree(ROOT / "releases" / "models", tmp_path / "releases" / "models")
    (tmp_path / "stacks").mkdir()
    assert "pools: no stack has one" in said("explain", "support-chat", f"--from={tmp_path}")
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text("config: 1")
    assert "slipway config check lists them" in said("explain", "support-chat", f"--from={tmp_path}")


@pytest.mark.parametrize("verb", ["status", "explain"])
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("minilmm", "releases/models: no model 'minilmm'; did you mean minilm?"),
        ("minilm/v7", "releases/models: no version 'v7' of minilm; there are v1"),
    ],
)
def test_a_release_that_is_not_there_is_named(verb, name, problem):
    with pytest.raises(GateError) as error:
        RUN.invoke(app, ["release", verb, name], catch_exceptions=False)
    assert str(error.value) == f"no release '{name}'\n  {problem}"


def test_an_unknown_format_is_refused():
    with pytest.raises(GateError, match=r"--format: should be text or json \(got 'xml'\)$"):
        RUN.invoke(app, ["release", "list", "--format=xml"], catch_exceptions=False)


def test_an_agent_says_what_it_may_do_and_what_a_run_may_cost():
    text = said("status", "agents/incident-triage/v1", "--today=2026-11-29")
    assert text.startswith("agents/incident-triage/v1: approved\n")
    assert (
        "  may call take-away as triage-remedy (nothing undoes it), after approval by on-call within 30 min\n"
        in text
    )
    assert (
        "  incident-triage task-success: 1 holds its floor 0.9 (higher is better, 2026-11-30) with a script in place "
        "of support-chat/v1\n"
    ) in said("status", "agents/incident-triage/v3", "--today=2026-11-30")
    explained = said("explain", "agents/incident-triage")
    assert "  tokens: 4 rounds x 2 calls x 5000 = 40000, at most 40000 = 40000\n" in explained


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("agents/triage", "releases/agents: no agent 'triage'; there are incident-triage"),
        ("agents/incident-triage/v4", "releases/agents: no version 'v4'; there are v1, v2, v3"),
    ],
)
def test_an_agent_that_is_not_there_is_named_with_those_that_are(name, problem):
    with pytest.raises(GateError) as caught:
        RUN.invoke(app, ["release", "status", name], catch_exceptions=False)
    assert caught.value.problems == (problem,)


def test_an_agent_has_no_files_to_compare(tmp_path):
    with pytest.raises(GateError, match="an agent has no files to compare"):
        RUN.invoke(
            app, ["release", "verify", "agents/incident-triage/v1", str(tmp_path)], catch_exceptions=False
        )
