"""What must hold for everything that is written down beside secrets: no password, key or token stands in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.pods.programs import programs_of
from policies.analysis.secrets.shapes import in_text, shapes, spotted
from policies.engine.base64_text import decoded
from policies.engine.collect_errors import every
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text
from policies.rules.credentials.secrets import KUBERNETES_SECRET

CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
USER_DATA: Final = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    "kubernetes:karpenter.k8s.aws/v1beta1:EC2NodeClass",
)
_USER_DATA_PATHS: Final = ("userData", "userDataBase64", "spec.userData")
FUNCTIONS: Final = ("aws:lambda/function:Function",)
_READ_ELSEWHERE: Final = frozenset({CONFIG_MAP, KUBERNETES_SECRET, DEFINITION})
"""Kinds whose texts have rules of their own, and definitions, whose texts are about others' objects."""

_READ_BY_NAME: Final = frozenset({"args", "command", "env", "userData"})
_LOGINS: Final = ("-u", "--user")
_LOGIN: Final = re.compile(r"[^\s:$<{]+:[^\s$<{]{3,}")


def _in_config(config: Resource, _graph: Graph) -> Iterable[Offence]:
    data = mapping(at(config.inputs, "data"), "data")
    encoded = mapping(at(config.inputs, "binaryData"), "binaryData")
    written = [partial(_entry, key, value) for key, value in data.items()]
    return every([*written, *(partial(_encoded_entry, key, value) for key, value in encoded.items())])


def _entry(key: str, value: Any) -> Iterator[Offence]:
    said = text(value, key)
    found = in_text(said) if "\n" in said.strip() else spotted(key, said)
    yield from (_holds(below("data", key), what) for what in found)


def _encoded_entry(key: str, value: Any) -> Iterator[Offence]:
    yield from (_holds(below("binaryData", key), what) for what in in_text(decoded(text(value, key))))


def _holds(path: str, what: str) -> Offence:
    """That a credential stands there; what it is stands in no finding."""
    return Offence(path=path, problem=f"holds {what}")


def _in_pods(workload: Resource, _graph: Graph) -> Iterable[Offence]:
    return every(partial(_in_container, path, container) for path, container in programs_of(workload))


def _in_container(path: str, container: Mapping[str, Any]) -> Iterable[Offence]:
    for index, variable in enumerate(sequence(at(container, "env"), "env")):
        key = text(at(variable, "name"), "env.name")
        for what in spotted(key, text(at(variable, "value"), f"env.{key}")):
            yield Offence(path=f"{path}.env[{index}].value", problem=f"{key} holds {what}")
    for part in ("command", "args"):
        words = [text(word, part) for word in sequence(at(container, part), part)]
        for index, what in dict.fromkeys(_in_words(words)):
            yield _holds(f"{path}.{part}[{index}]", what)
    for part in ("script", "source"):
        yield from (_holds(f"{path}.{part}", what) for what in in_text(text(at(container, part), part)))


def _in_words(words: list[str]) -> Iterator[tuple[int, str]]:
    """What words give away, each with the place of its word."""
    has_curl = any(word.rpartition("/")[2] == "curl" for word in words)
    for index, word in enumerate(words):
        option, has_value, value = word.partition("=")
        following = words[index + 1] if index + 1 < len(words) else ""
        # What looks like a credential is one wherever it stands; a name only says so before its value.
        yield from ((index, what) for what in (in_text(word) if " " in word else spotted("", word)))
        if has_value and " " not in word:
            yield from ((index, what) for what in spotted(option.lstrip("-"), value))
        if option in _LOGINS and has_curl and _LOGIN.fullmatch(following):
            yield index + 1, "a password after a name"
        if option.startswith("--") and not has_value and not following.startswith("-"):
            yield from ((index + 1, what) for what in spotted(option.lstrip("-"), following))


def _elsewhere(found: Resource, _graph: Graph) -> Iterable[Offence]:
    if found.type not in _READ_ELSEWHERE and "kind" in found.inputs:
        yield from _look(found.inputs, "")


def _look(value: Any, path: str) -> Iterator[Offence]:
    """Every text of an object but those that other rules read by name."""
    known(value, path)
    if isinstance(value, str):
        yield from (_holds(path, what) for what in shapes(value))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key == "inline" and path.endswith("apiKey") and isinstance(one, str):
                yield _holds(f"{path}.inline", "a key")
            elif key not in _READ_BY_NAME:
                yield from _look(one, below(path, str(key)))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _look(one, f"{path}[{index}]")


def _in_user_data(machine: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, said in user_data(machine):
        yield from (_holds(path, what) for what in in_text(said))


def user_data(machine: Resource) -> Iterator[tuple[str, str]]:
    """What a machine is told when it starts, decoded, with where it stands."""
    for path in _USER_DATA_PATHS:
        if said := text(at(machine.inputs, path), path):
            yield path, decoded(said)


def _in_function(function: Resource, _graph: Graph) -> Iterable[Offence]:
    variables = mapping(at(function.inputs, "environment.variables"), "environment.variables")
    for key, value in variables.items():
        if value is UNKNOWN and function.property_dependencies.get("environment"):
            continue  # made by another resource, and written nowhere
        for what in spotted(key, text(value, key)):
            yield _holds(below("environment.variables", key), what)


RULES: tuple[Rule, ...] = (
    Rule(
        id="configuration-holds-no-credentials",
        severity="critical",
        applies_to=(CONFIG_MAP,),
        why="A ConfigMap is readable by whoever may look, is in the history, and is rotated by nobody.",
        fix="Put it into Secrets Manager, and let the pod read it by its own role.",
        check=_in_config,
    ),
    Rule(
        id="pods-are-told-no-credentials",
        severity="critical",
        applies_to=("kubernetes:*",),
        why="What stands in a manifest is in its history, in every list of processes and every crash report.",
        fix="Read it from a Secret (valueFrom.secretKeyRef) or, better, by the pod's own role.",
        check=_in_pods,
    ),
    Rule(
        id="objects-hold-no-credentials",
        severity="critical",
        applies_to=("kubernetes:*",),
        why="Whoever may look at routes, triggers and settings reads it there, and nobody rotates it.",
        fix="Refer to a Secret that something else fills, or to an identity of the workload.",
        check=_elsewhere,
    ),
    Rule(
        id="machines-are-told-no-credentials",
        severity="critical",
        applies_to=USER_DATA,
        why="Every process on the machine can read its user data, and everybody who may describe it.",
        fix="Give the machine a role, and fetch secrets with it.",
        check=_in_user_data,
    ),
    Rule(
        id="functions-are-told-no-credentials",
        severity="critical",
        applies_to=FUNCTIONS,
        why="A function's variables are shown to everybody who may describe it.",
        fix="Give the function a role, and fetch secrets with it.",
        check=_in_function,
    ),
)
