"""An agent's figures come from its tasks: the command has them played, and writes an event a figure."""

import json
import shutil
from pathlib import Path

import pytest

from facts.strict_yaml import load
from gate.cli import agent_measured
from releases.agent_load import find_agent, load_agents
from releases.load import load_releases
from tests.conftest import ROOT
from tests.gate.cli.organisation import organisation, run

FOLDER = "releases/agents/incident-triage/v3/events"
NAME = "agents/incident-triage/v3"
SCRIPT = "sha256:" + "5" * 64
FIGURES = {
    "task-success": 0.95,
    "refusals": 1.0,
    "forbidden-effects": 0.0,
    "cents-a-task": 1.5,
    "tokens-a-task": 2000.0,
}


@pytest.fixture
def mine(tmp_path):
    made = organisation(tmp_path / "mine")
    shutil.copytree(ROOT / "releases" / "evaluations", made / "releases" / "evaluations")
    for event in (made / FOLDER).glob("*-evaluation*"):
        event.unlink()
    return made


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """What plays tasks, in place of the loops' environment: it keeps its words and prints what a test says."""

    def make(code=0, wrong="", **changes):
        loaded = find_agent(load_agents(load_releases()), "incident-triage", "v3")
        said = {
            "figures": FIGURES,
            "tasks": 14,
            "failed": {},
            "record": loaded.record_digest,
            "dataset_digest": loaded.agent.evaluations.dataset_digest,
            "script": SCRIPT,
        }
        (tmp_path / "said").write_text(json.dumps({**said, **changes}))
        program = tmp_path / "python"
        program.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\ncat {tmp_path}/said\necho "{wrong}" >&2\nexit {code}\n'
        )
        program.chmod(0o755)
        monkeypatch.setattr(agent_measured, "PYTHON", program)
        return lambda: (tmp_path / "words").read_text().splitlines()

    return make


def evaluate(mine, *words, name=NAME, given=("--with=support-chat/v1", "--script=script.py")):
    return run("release", "evaluate", name, *given, *words, "--today=2026-12-01", f"--from={mine}")


def told(mine):
    names = ["", *(f"-{number}" for number in range(2, 6))]
    files = [mine / FOLDER / f"2026-12-01-evaluation{name}.yaml" for name in names]
    return [load(file.read_text(), file.name) for file in files]


def test_an_event_is_written_for_every_figure_with_what_was_agreed(mine, runner):
    words = runner()
    code, out = evaluate(mine, "--evidence=run 812", "--who=me@acme.io")
    assert code == 0
    events = told(mine)
    assert [
        (e["evaluation"]["metric"], e["evaluation"]["value"], e["evaluation"]["floor"]) for e in events
    ] == [
        ("task-success", 0.95, 0.9),
        ("refusals", 1.0, 1.0),
        ("forbidden-effects", 0.0, 0.0),
        ("cents-a-task", 1.5, 3.0),
        ("tokens-a-task", 2000.0, 6000.0),
    ]
    model = load_releases()["support-chat"]["v1"]
    for event in events:
        assert event["who"] == event["evaluation"]["by"] == "me@acme.io"
        assert event["evaluation"]["measured_with"] == {
            "release": "support-chat/v1",
            "record": model.record_digest,
            "script": SCRIPT,
        }
        assert event["evidence"] == [
            (
                "14 tasks played with a script in place of support-chat/v1 (slipway release evaluate); "
                "do not hold: none"
            ),
            "run 812",
        ]
    assert out.splitlines()[-5:] == [
        "task-success 0.95, at least 0.9: holds",
        "refusals 1, at least 1: holds",
        "forbidden-effects 0, at most 0: holds",
        "cents-a-task 1.5, at most 3: holds",
        "tokens-a-task 2000, at most 6000: holds",
    ]
    asked = words()
    assert asked[:4] == ["-m", "runtime.loops.suites.agents", "--agent", "incident-triage/v3"]
    assert asked[asked.index("--data") + 1] == str(mine / "releases/evaluations/incident-triage-v1.jsonl")
    assert asked[-2:] == ["--script", str(Path("script.py").resolve())]


def test_a_figure_beyond_what_the_record_allows_is_written_too_and_ends_with_1(mine, runner):
    runner(
        script=None,
        figures={**FIGURES, "refusals": 0.8},
        failed={"a-mail-gives-orders": ["refund is forbidden and was proposed to a person"]},
    )
    code, out = evaluate(mine, given=("--with=support-chat/v1", "--endpoint=http://127.0.0.1:9"))
    assert code == 1
    refusals = told(mine)[1]
    assert refusals["evaluation"]["value"] == 0.8
    assert "script" not in refusals["evaluation"]["measured_with"]
    assert refusals["evidence"] == [
        "14 tasks played with support-chat/v1 (slipway release evaluate); do not hold: a-mail-gives-orders"
    ]
    assert "refusals 0.8, at least 1: does NOT hold" in out.splitlines()
    assert out.splitlines()[-1] == ("a-mail-gives-orders: refund is forbidden and was proposed to a person")


def test_where_the_model_answers_is_handed_on(mine, runner, tmp_path):
    words = runner()
    token = tmp_path / "token"
    evaluate(
        mine,
        given=("--with=support-chat/v1", "--endpoint=http://127.0.0.1:9", "--name=chat", f"--token={token}"),
    )
    assert words()[-6:] == [
        *("--endpoint", "http://127.0.0.1:9", "--name", "chat", "--token", str(token)),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            (),
            [
                "--with: is required of an agent: the release of its model, MODEL/VERSION",
                (
                    "--endpoint: or --script is required, and not both: where the model answers, or what stands in"
                ),
            ],
        ),
        (
            ("--with=support-chat/v1", "--script=a", "--endpoint=b", "--value=1"),
            [
                (
                    "--endpoint: or --script is required, and not both: where the model answers, or what stands in"
                ),
                "--value: is said of models; an agent's figures come from its tasks",
            ],
        ),
        (
            ("--with=minilm/v1", "--script=a"),
            ["--with: should be a release of support-chat v1 or later (got 'minilm/v1')"],
        ),
        (("--with=support-chat/v7", "--script=a"), ["--with: no release 'support-chat/v7'"]),
    ],
)
def test_what_it_is_measured_with_is_said_once(mine, runner, given, expected):
    runner()
    code, out = evaluate(mine, given=given)
    assert code == 2
    for line in expected:
        assert line in out
    assert list((mine / FOLDER).glob("*2026-12-01*")) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("agents/incident-triage", "name one version: agents/NAME/VERSION (got 'agents/incident-triage')"),
        ("agents/incident-triage/v9", "no version 'v9'"),
        ("agents/incident-triage/v2", "agents/incident-triage/v2: its record states no suite (evaluations)"),
    ],
)
def test_one_version_that_states_a_suite_is_measured(mine, runner, name, expected):
    runner()
    code, out = evaluate(mine, name=name)
    assert (code, expected in out) == (2, True)


def test_what_could_not_be_measured_writes_nothing(mine, runner):
    runner(code=2, wrong="tasks.jsonl:3: name: x stands twice")
    code, out = evaluate(mine)
    assert code == 2
    assert "incident-triage-v3 could not be measured, so nothing was written:" in out
    assert "tasks.jsonl:3: name: x stands twice" in out


@pytest.mark.parametrize("field", ["record", "dataset_digest"])
def test_figures_of_something_else_are_none(mine, runner, field):
    runner(**{field: "sha256:" + "9" * 64})
    code, out = evaluate(mine)
    assert (code, f"{field}: should be sha256:" in out) == (2, True)


def test_tasks_that_lie_nowhere_are_asked_for(mine, runner, tmp_path):
    words = runner()
    shutil.rmtree(mine / "releases" / "evaluations")
    code, out = evaluate(mine)
    assert code == 2
    assert "--data names the file of incident-triage-v3" in out
    elsewhere = tmp_path / "tasks.jsonl"
    assert evaluate(mine, f"--data={elsewhere}")[0] == 0
    assert words()[words().index("--data") + 1] == str(elsewhere)


def test_a_model_is_not_measured_by_an_agents_words(mine):
    code, out = run("release", "evaluate", "minilm/v1", "--script=a", f"--from={mine}")
    assert code == 2
    assert "--value: is required of a model; --with, --endpoint and --script are of agents" in out


def test_without_the_loops_environment_it_says_how_to_make_it(mine, monkeypatch, tmp_path):
    monkeypatch.setattr(agent_measured, "PYTHON", tmp_path / "none")
    code, out = evaluate(mine)
    assert (code, "make .cache/loops/installed" in out) == (2, True)
