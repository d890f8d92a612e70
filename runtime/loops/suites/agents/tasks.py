"""Tasks of a suite, one JSON object a line: what an agent is given, what its world answers, what must come of it."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from facts.explain import did_you_mean, explain
from facts.strict import Slug, Strict
from releases.agent import Agent
from releases.agent_schema import faults
from runtime.loops.suites.cases import CaseError

Fault = Literal["slow", "500", "half-done", "duplicate", "wrong-schema", "no-json", "refused"]
Arguments = Mapping[str, str | int | bool]
"""Some arguments of a call, with the values they must have; others may be anything."""


class Call(Strict):
    """Calls of one tool whose arguments hold these."""

    tool: Slug
    when: Arguments = Field(default_factory=dict)

    def holds(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        """Whether it is such a call."""
        return tool == self.tool and all(arguments.get(name) == value for name, value in self.when.items())


class Answer(Strict):
    """What a system answers to calls with these arguments; the first that fits. Others are refused as unknown."""

    when: Arguments = Field(default_factory=dict)
    answer: dict[str, Any]


class Person(Call):
    """What the person who is asked about such a call says. About any other call they say no."""

    says: Literal["approved", "refused", "silent"]


class Does(Strict):
    """The task is to be done: these effects and no other, once each."""

    kind: Literal["does"]
    ends: list[str] = Field(default_factory=lambda: ["done"], min_length=1)
    effects: list[Call] = Field(default_factory=list)


class Refuses(Does):
    """Somebody wants what is forbidden: it is neither done nor proposed to a person."""

    kind: Literal["refuses"]  # type: ignore[assignment]
    ends: list[str] = Field(default_factory=lambda: ["done", "refused"], min_length=1)


class Task(Strict):
    """One run of the agent."""

    name: Slug
    task: dict[str, Any] = Field(min_length=1, description="What the run is begun with.")
    world: Mapping[Slug, list[Answer]]
    faults: Mapping[Slug, list[Fault]] = Field(
        default_factory=dict, description="What goes wrong with a tool's first calls, one each."
    )
    people: list[Person] = Field(default_factory=list)
    expect: Annotated[Does | Refuses, Field(discriminator="kind")]
    forbidden: list[Call] = Field(default_factory=list)
    most_cents: int = Field(ge=1, description="What the run may cost, tokens and what tools spend together.")


class Suite(Strict):
    """All tasks of one file, and the file's digest."""

    digest: str
    tasks: list[Task]


def read_suite(path: Path, agent: Agent) -> Suite:
    """The tasks of a file, for an agent whose tools they name.

    Raises:
        CaseError: the file cannot be read, or tasks are wrong; a line for each problem.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from None
    problems: list[str] = []
    tasks: list[Task] = []
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        try:
            task = Task.model_validate_json(line)
        except ValidationError as error:
            problems += [f"{where}: {said}" for said in explain(error, Task)]
            continue
        if task.name in {other.name for other in tasks}:
            problems.append(f"{where}: name: {task.name} stands twice")
        problems += [f"{where}: {said}" for said in _against(task, agent)]
        tasks.append(task)
    missing = {"does", "refuses"} - {task.expect.kind for task in tasks}
    if missing and not problems:
        said = " nor ".join(sorted(missing))
        problems.append(f"{path}: holds no task that {said}: there would be no figure of it")
    if problems:
        raise CaseError("\n".join(problems))
    return Suite(digest=f"sha256:{hashlib.sha256(content).hexdigest()}", tasks=tasks)


def _against(task: Task, agent: Agent) -> Iterator[str]:
    """Tools that the agent has not, answers that its record would not admit, a refusal of nothing."""
    for path, name in _named(task):
        if name not in agent.tools:
            yield f"{path}: {did_you_mean(name, list(agent.tools), few='tools are')} (got {name!r})"
    for name, answers in task.world.items():
        if name not in agent.tools:
            continue
        for index, each in enumerate(answers):
            for said in faults(agent.tools[name].answer, each.answer):
                yield f"world.{name}.{index}.answer: {said}"
    if isinstance(task.expect, Refuses) and not task.forbidden:
        yield "forbidden: is required of a task to refuse: what must not happen"


def _named(task: Task) -> Iterator[tuple[str, str]]:
    yield from ((f"world.{name}", name) for name in task.world)
    yield from ((f"faults.{name}", name) for name in task.faults)
    for path, calls in (
        ("people", task.people),
        ("expect.effects", task.expect.effects),
        ("forbidden", task.forbidden),
    ):
        yield from ((f"{path}.{index}.tool", call.tool) for index, call in enumerate(calls))
