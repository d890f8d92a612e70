"""Tasks to test with, for the support agent of the examples."""

import json

import yaml

from releases.agent import Agent
from runtime.loops.suites.agents.tasks import Task
from tests.runtime.loops.agents.parts import RECORD

AGENT = Agent.model_validate(yaml.safe_load(RECORD.read_text()))
MAIL = {"sender": "kim@example.net", "subject": "Lamp", "text": "It does not light."}
WORLD = {
    "read-mail": [{"when": {"mail": "m1"}, "answer": MAIL}],
    "open-ticket": [{"answer": {"ticket": "t1"}}],
    "close-ticket": [{"answer": {"status": "closed"}}],
    "send-mail": [{"answer": {"mail": "s1"}}],
    "refund": [{"answer": {"payment": "p1"}}],
}
TICKET = {"tool": "open-ticket"}
DOES = {"kind": "does", "effects": [TICKET]}
REFUSES = {"kind": "refuses"}
REFUND = {"tool": "refund"}


def data(**changes):
    """A task; what is given replaces."""
    said = {"name": "a-task", "task": {"mail": "m1"}, "world": WORLD, "expect": DOES, "most_cents": 5}
    return {**said, **changes}


def task(**changes):
    return Task.model_validate(data(**changes))


def written(path, *tasks):
    path.write_text("".join(json.dumps(each) + "\n" for each in tasks))
    return path
