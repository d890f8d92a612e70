"""What must hold for what runs when a container starts: the image's own program, and nothing fetched by it."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve import model_hubs as hubs
from policies.analysis.pods.fetched import UNSEEN, fetched
from policies.analysis.pods.programs import SERVED, called, containers_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, sequence, text
from policies.rules.credentials.in_objects import USER_DATA, user_data

_BUILDS: Final = ("kubernetes:tekton.dev/",)
"""Kinds whose work is to fetch and build: what is run unseen counts there, what is installed does not."""
_HOOK: Final = "lifecycle.postStart.exec.command"
_REMOTE: Final = re.compile(r"^-{1,2}trust[-_]remote[-_]code(?:=(?P<value>.*))?$", re.IGNORECASE)
_REMOTE_VARIABLE: Final = re.compile(r"TRUST_REMOTE_CODE$", re.IGNORECASE)
_NO: Final = frozenset({"", "0", "false", "no", "off"})


Question = Callable[[Mapping[str, Any]], Iterable[str]]


def _program(container: Mapping[str, Any]) -> list[str]:
    """Command, arguments, the script that some kinds write beside an image, and what runs after the start."""
    scripts = [text(at(container, part), part) for part in ("script", "source")]
    hook = [text(word, _HOOK) for word in sequence(at(container, _HOOK), _HOOK)]
    return [*hubs.words(container), *(script for script in scripts if script), *hook]


def _installing(workload: Resource, _graph: Graph) -> Iterable[str]:
    questions: tuple[Question, ...] = (
        (_installs_to_build,) if workload.type.startswith(_BUILDS) else (_installs,)
    )
    if workload.type not in SERVED:  # of these, rules of their own ask where the model comes from
        questions += (_takes_from_a_hub,)
    return every(
        partial(question, container) for container in containers_of(workload) for question in questions
    )


def _installs(container: Mapping[str, Any], counted: Collection[str] | None = None) -> Iterator[str]:
    for what in fetched(" ".join(_program(container))):
        if counted is None or what in counted:
            yield f"{called(container)} {what} when it starts"


def _installs_to_build(container: Mapping[str, Any]) -> Iterator[str]:
    yield from _installs(container, UNSEEN)


def _takes_from_a_hub(container: Mapping[str, Any]) -> Iterator[str]:
    for what in hubs.asked(container):
        yield f"{called(container)} {what}"


def _machine_installs(machine: Resource, _graph: Graph) -> Iterable[str]:
    for said in user_data(machine):
        for what in fetched(said):
            if what in UNSEEN:
                yield f"user data {what} when the machine starts"


def _trusting(workload: Resource, _graph: Graph) -> Iterable[str]:
    return every(partial(_trusts, container) for container in containers_of(workload))


def _trusts(container: Mapping[str, Any]) -> Iterator[str]:
    told = hubs.variables(container)
    for said in (" ".join(_program(container)), *told.values()):
        for word in _trusted(said.split()):
            yield f"{called(container)} runs code that comes with the weights ({word})"
    for name, value in told.items():
        if _REMOTE_VARIABLE.search(name) and value.lower() not in _NO:
            yield f"{called(container)} runs code that comes with the weights ({name})"


def _trusted(words: list[str]) -> Iterator[str]:
    for index, word in enumerate(words):
        asked = _REMOTE.match(word)
        following = words[index + 1] if index + 1 < len(words) else ""
        value = asked["value"] if asked and asked["value"] is not None else following
        if asked and value.lower() not in _NO - {""}:
            yield word


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
