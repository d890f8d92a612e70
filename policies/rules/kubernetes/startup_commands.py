"""What must hold for what runs when a container starts: the image's own program, and nothing fetched by it."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve import model_hubs as hubs
from policies.analysis.pods.fetched import LONGEST, UNSEEN, fetched
from policies.analysis.pods.hub_use import hub_offences
from policies.analysis.pods.pod import Container
from policies.analysis.pods.programs import SERVED, called, programs_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text
from policies.rules.credentials.in_objects import USER_DATA, user_data

_BUILDS: Final = ("kubernetes:tekton.dev/",)
"""Kinds whose work is to fetch and build: what is run unseen counts there, what is installed does not."""
_HOOK: Final = "lifecycle.postStart.exec.command"
_REMOTE: Final = re.compile(r"^-{1,2}trust[-_]remote[-_]code(?:=(?P<value>.*))?$", re.IGNORECASE)
_REMOTE_VARIABLE: Final = re.compile(r"TRUST_REMOTE_CODE$", re.IGNORECASE)
_NO: Final = frozenset({"", "0", "false", "no", "off"})


Question = Callable[[str, Mapping[str, Any]], Iterable[Offence]]
Placed = list[tuple[str, str]]
"""Words of a program, each with where it stands."""


def _program(container: Mapping[str, Any]) -> Placed:
    """Command, arguments, the script that some kinds write beside an image, and what runs after the start."""
    scripts = [(part, text(at(container, part), part)) for part in ("script", "source")]
    hook = sequence(at(container, _HOOK), _HOOK)
    after = [(f"{_HOOK}[{index}]", text(word, _HOOK)) for index, word in enumerate(hook)]
    return [*hubs.placed_words(container), *((part, script) for part, script in scripts if script), *after]


def _installing(workload: Resource, _graph: Graph) -> Iterable[Offence]:
    questions: tuple[Question, ...] = (
        (_installs_to_build,) if workload.type.startswith(_BUILDS) else (_installs,)
    )
    if workload.type not in SERVED:  # of these, rules of their own ask where the model comes from
        questions += (_takes_from_a_hub,)
    return every(
        partial(question, path, container)
        for path, container in programs_of(workload)
        for question in questions
    )


def _installs(
    path: str, container: Mapping[str, Any], counted: Collection[str] | None = None
) -> Iterator[Offence]:
    program = _program(container)
    for what in fetched(" ".join(word for _, word in program)):
        if counted is None or what in counted:
            place, word = _place(program, what)
            yield Offence(
                path=f"{path}.{place}",
                problem=f"container {called(container)} {what} when it starts",
                value=word,
            )


def _place(program: Placed, what: str) -> tuple[str, str]:
    """The word with which the program begins to do it."""
    for end, placed in enumerate(program, 1):
        if what in fetched(" ".join(word for _, word in program[:end])[:LONGEST]):
            return placed
    return program[-1]


def _installs_to_build(path: str, container: Mapping[str, Any]) -> Iterator[Offence]:
    yield from _installs(path, container, UNSEEN)


def _takes_from_a_hub(path: str, container: Mapping[str, Any]) -> Iterator[Offence]:
    return hub_offences(Container(path, container, f"{path}.securityContext"))


def _machine_installs(machine: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, said in user_data(machine):
        for what in fetched(said):
            if what in UNSEEN:
                yield Offence(path=path, problem=f"{what} when the machine starts")


def _trusting(workload: Resource, _graph: Graph) -> Iterable[Offence]:
    return every(partial(_trusts, path, container) for path, container in programs_of(workload))


def _trusts(path: str, container: Mapping[str, Any]) -> Iterator[Offence]:
    told = hubs.variables(container)
    places = {name: hubs.variable_place(container, name) for name in told}
    for said in (_program(container), *([(places[name], value)] for name, value in told.items())):
        words = [(place, part) for place, word in said for part in word.split()]
        for place, switch in _trusted(words):
            yield _runs_code(f"{path}.{place}", container, switch, switch)
    for name, value in told.items():
        if _REMOTE_VARIABLE.search(name) and value.lower() not in _NO:
            yield _runs_code(f"{path}.{places[name]}", container, name, value)


def _runs_code(path: str, container: Mapping[str, Any], switch: str, value: str) -> Offence:
    return Offence(
        path=path,
        problem=f"container {called(container)} runs code that comes with the weights ({switch})",
        value=value,
    )


def _trusted(words: Placed) -> Iterator[tuple[str, str]]:
    for index, (place, word) in enumerate(words):
        asked = _REMOTE.match(word)
        following = words[index + 1][1] if index + 1 < len(words) else ""
        value = asked["value"] if asked and asked["value"] is not None else following
        if asked and value.lower() not in _NO - {""}:
            yield place, word


RULES: tuple[Rule, ...] = (
    Rule(
        id="containers-run-what-their-image-holds",
        severity="high",
        applies_to=("kubernetes:*",),
        why="What is fetched at start is in no digest and no review, and whoever answers the request chooses it.",
        fix="Build it into the image; weights come by their digest.",
        check=_installing,
    ),
    Rule(
        id="machines-run-what-was-reviewed",
        severity="critical",
        applies_to=USER_DATA,
        why="What is fetched at start is in no image and no review, and it runs as root.",
        fix="Build it into the image, or install a signed package by version.",
        check=_machine_installs,
    ),
    Rule(
        id="containers-run-no-code-of-weights",
        severity="critical",
        applies_to=("kubernetes:*",),
        why="Weights are data from strangers; with this switch they are programs with the pod's credentials.",
        fix="Leave out trust-remote-code; serve architectures that the engine knows.",
        check=_trusting,
    ),
)
