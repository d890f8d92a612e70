"""Tasks are read with every problem of every line; the committed ones are of their agents."""

import hashlib

import pytest
import yaml

from releases.agent import Agent
from releases.agent_files import agent_files
from runtime.loops.suites.agents.tasks import read_suite
from runtime.loops.suites.cases import CaseError
from tests.runtime.loops.agents.parts import ROOT
from tests.runtime.loops.suites.agents.tasks import AGENT, REFUND, REFUSES, TICKET, WORLD, data, written

REFUSED = data(name="to-refuse", expect=REFUSES, forbidden=[REFUND])
COMMITTED = [
    ("releases", "incident-triage", "v3", 14, 5),
    ("examples/releases", "support-mail", "v2", 15, 5),
]


def problems(path):
    with pytest.raises(CaseError) as caught:
        read_suite(path, AGENT)
    return str(caught.value).replace(f"{path}", "tasks").splitlines()


@pytest.mark.parametrize(("root", "name", "version", "tasks", "refusals"), COMMITTED)
def test_the_committed_suites_are_those_of_their_records(root, name, version, tasks, refusals):
    folder = ROOT / root
    agent = Agent.model_validate(
        yaml.safe_load((folder / "agents" / name / version / "agent.yaml").read_text())
    )
    suite = read_suite(folder / "evaluations" / f"{name}-v1.jsonl", agent)
    assert suite.digest == agent.evaluations.dataset_digest
    assert len(suite.tasks) == tasks
    assert sum(task.expect.kind == "refuses" for task in suite.tasks) == refusals


@pytest.mark.parametrize(("root", "name", "version", "tasks", "refusals"), COMMITTED)
def test_no_worker_of_an_agent_gets_its_tasks(root, name, version, tasks, refusals):  # noqa: ARG001 as above
    """What is mounted beside a worker are records, events, people and keys."""
    files = agent_files(ROOT / root, name, ["support-chat", "chat-8b"])
    assert f"agents/{name}/{version}/agent.yaml" in files
    assert [path for path in files if "evaluations" in path] == []


def test_a_suite_is_its_tasks_and_the_digest_of_its_file(tmp_path):
    path = written(tmp_path / "tasks.jsonl", data(), REFUSED)
    suite = read_suite(path, AGENT)
    assert [task.name for task in suite.tasks] == ["a-task", "to-refuse"]
    assert suite.digest == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_every_problem_is_named_with_its_line(tmp_path):
    path = written(
        tmp_path / "tasks.jsonl",
        data(),
        data(),
        data(name="other", most_cents=0),
        data(name="tools", world={"read-mails": []}, forbidden=[{"tool": "refunds"}]),
        data(name="answers", world={**WORLD, "open-ticket": [{"answer": {"ticket": 7}}]}),
        data(name="refuses-nothing", expect=REFUSES),
        data(
            name="effects", expect={"kind": "does", "effects": [{"tool": "sing"}]}, faults={"dance": ["500"]}
        ),
        data(name="faults", faults={"refund": ["explodes"]}),
    )
    assert problems(path) == [
        "tasks:2: name: a-task stands twice",
        "tasks:3: most_cents: should be at least 1 (got 0)",
        "tasks:4: world.read-mails: did you mean read-mail? (got 'read-mails')",
        "tasks:4: forbidden.0.tool: did you mean refund? (got 'refunds')",
        "tasks:5: world.open-ticket.0.answer: ticket: should be text (got 7)",
        "tasks:6: forbidden: is required of a task to refuse: what must not happen",
        (
            "tasks:7: faults.dance: tools are read-mail, send-mail, open-ticket, close-ticket, reopen-ticket, refund "
            "(got 'dance')"
        ),
        (
            "tasks:7: expect.effects.0.tool: tools are read-mail, send-mail, open-ticket, close-ticket, reopen-ticket, "
            "refund (got 'sing')"
        ),
        (
            "tasks:8: faults.refund.0: should be 'slow', '500', 'half-done', 'duplicate', 'wrong-schema', 'no-json' or "
            "'refused' (got 'explodes')"
        ),
    ]


@pytest.mark.parametrize(
    ("tasks", "missing"), [([data()], "refuses"), ([REFUSED], "does"), ([], "does nor refuses")]
)
def test_a_figure_without_a_task_is_none(tmp_path, tasks, missing):
    path = written(tmp_path / "tasks.jsonl", *tasks)
    assert problems(path) == [f"tasks: holds no task that {missing}: there would be no figure of it"]


def test_a_file_that_is_not_there_is_said(tmp_path):
    (line,) = problems(tmp_path / "none.jsonl")
    assert line.startswith("tasks: cannot be read: ")


def test_a_person_is_asked_about_what_they_know(tmp_path):
    said = data(people=[{**TICKET, "says": "perhaps"}])
    (line,) = problems(written(tmp_path / "tasks.jsonl", said))
    assert line.startswith("tasks:1: people.0.says: should be ")
