"""What must hold for what runs when a container starts: the image's own program, and nothing fetched by it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies import pods
from policies.deferring import every
from policies.model_objects import INFERENCE_SERVICE, LLM, LLM_CONFIG, RUNTIMES
from policies.pod_finder import pods_of
from policies.reading import at, sequence, text
from policies.record import Graph, Resource
from policies.rule import Rule
from policies.written_credentials import USER_DATA, user_data

_SERVED: Final = frozenset((*INFERENCE_SERVICE, *LLM, *LLM_CONFIG, *RUNTIMES))
_INSTALLS: Final = (
    (
        "pipes a download into a shell",
        re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b"),
    ),
    (
        "runs a downloaded script",
        re.compile(r"\b(?:ba|z|da)?sh\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b"),
    ),
    ("installs packages", re.compile(r"\b(?:pip3?|uv pip|conda|mamba|poetry)\s+(?:install|add)\b")),
    (
        "installs packages",
        re.compile(r"\b(?:apt|apt-get|apk|yum|dnf|microdnf)\s+(?:-\S+\s+)*(?:install|add)\b"),
    ),
    ("installs packages", re.compile(r"\b(?:npm|pnpm|yarn)\s+(?:install|i|add|ci)\b|\bnpx\s")),
    ("clones a repository", re.compile(r"\bgit\s+clone\b")),
    (
        "fetches a model from a hub",
        re.compile(r"\b(?:huggingface-cli|hf)\s+download\b|\bsnapshot_download\s*\("),
    ),
)
"""What a program of a shell does that the image's digest says nothing about."""
_OF_STRANGERS: Final = 2
"""The first ways run whatever an address answers; packages of a machine are signed by those who make them."""
_REMOTE: Final = re.compile(r"^-{1,2}trust[-_]remote[-_]code(?:=(?P<value>.*))?$", re.IGNORECASE)
_REMOTE_VARIABLE: Final = re.compile(r"TRUST_REMOTE_CODE$", re.IGNORECASE)
_NO: Final = frozenset({"", "0", "false", "no", "off"})


def _containers(workload: Resource) -> Iterator[Mapping[str, Any]]:
    if workload.type in _SERVED:
        yield from _within(workload.inputs.get("spec"))
    else:
        for pod in pods_of(workload):
            yield from pods.containers(pod.spec)


def _within(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every part of a model's object that has a program, arguments or variables, wherever it stands."""
    if isinstance(value, Mapping):
        if "env" in value or "args" in value or "command" in value:
            yield value
        for item in value.values():
            yield from _within(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _within(item)


def _words(container: Mapping[str, Any]) -> list[str]:
    return [text(word, part) for part in ("command", "args") for word in sequence(at(container, part), part)]


def _called(container: Mapping[str, Any]) -> str:
    return pods.name_of(container) if isinstance(container.get("name"), str) else "container"


def _installing(workload: Resource, _graph: Graph) -> Iterable[str]:
    return every(partial(_installs, container) for container in _containers(workload))


def _installs(container: Mapping[str, Any]) -> Iterator[str]:
    words = _words(container)
    said = " ".join(words)
    for what in dict.fromkeys(what for what, pattern in _INSTALLS if pattern.search(said)):
        yield f"{_called(container)} {what} when it starts"


def _machine_installs(machine: Resource, _graph: Graph) -> Iterable[str]:
    for said in user_data(machine):
        for what in dict.fromkeys(
            what for what, pattern in _INSTALLS[:_OF_STRANGERS] if pattern.search(said)
        ):
            yield f"user data {what} when the machine starts"


def _trusting(workload: Resource, _graph: Graph) -> Iterable[str]:
    return every(partial(_trusts, container) for container in _containers(workload))


def _trusts(container: Mapping[str, Any]) -> Iterator[str]:
    words = [part for word in _words(container) for part in word.split()]
    for index, word in enumerate(words):
        asked = _REMOTE.match(word)
        following = words[index + 1] if index + 1 < len(words) else ""
        value = asked["value"] if asked and asked["value"] is not None else following
        if asked and value.lower() not in _NO - {""}:
            yield f"{_called(container)} runs code that comes with the weights ({word})"
    for variable in sequence(at(container, "env"), "env"):
        name = text(at(variable, "name"), "env.name")
        if _REMOTE_VARIABLE.search(name) and text(at(variable, "value"), name).lower() not in _NO:
            yield f"{_called(container)} runs code that comes with the weights ({name})"


RULES: tuple[Rule, ...] = (
    Rule(
        id="containers-run-what-their-image-holds",
        applies_to=("kubernetes:*",),
        why="What is fetched at start is in no digest and no review, and whoever answers the request chooses it.",
        fix="Build it into the image; weights come by their digest.",
        check=_installing,
    ),
    Rule(
        id="machines-run-what-was-reviewed",
        applies_to=USER_DATA,
        why="What is fetched at start is in no image and no review, and it runs as root.",
        fix="Build it into the image, or install a signed package by version.",
        check=_machine_installs,
    ),
    Rule(
        id="containers-run-no-code-of-weights",
        applies_to=("kubernetes:*",),
        why="Weights are data from strangers; with this switch they are programs with the pod's credentials.",
        fix="Leave out trust-remote-code; serve architectures that the engine knows.",
        check=_trusting,
    ),
)
