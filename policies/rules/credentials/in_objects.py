"""What must hold for everything that is written down beside secrets: no password, key or token stands in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.pods.programs import called, containers_of
from policies.engine.base64_text import decoded
from policies.engine.collect_errors import every
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.rule import Rule
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

_KNOWN: Final = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("an access key of AWS", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a token of Hugging Face", re.compile(r"\bhf_[A-Za-z0-9]{16,}\b")),
    ("a token of GitHub", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_[A-Za-z0-9_]{30,}")),
    (
        "a key of a model provider",
        re.compile(r"\bsk-(?:(?:proj|ant|svcacct|admin|or)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})"),
    ),
    ("a token of Slack", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@${}]*:[^/\s:@${}]{3,}@")),
)
"""What credentials look like, wherever they stand."""
_PERHAPS: Final = re.compile(r"PRIVATE KEY|AKIA|ASIA|hf_|gh[pousr]_|github_pat_|sk-|xox|eyJ|://")
"""What one of them begins with: most texts of an object need no closer look."""
_READ_BY_NAME: Final = frozenset({"args", "command", "env", "userData"})
_NAMED: Final = re.compile(
    r"(?:^|[_.-])(?:passwd|pwd|pass|passphrase|secret|token|credentials?|api_?key|private_?key|access_?key|auth_?key|"
    r"encryption_?key|client_?secret|secret_?key)$|password$|requirepass$|masterauth$",
    re.IGNORECASE,
)
"""Names that say their value is a credential: only at their end, since TOKEN_TTL and PASSWORD_FILE hold none."""
_OF_TEXT: Final = re.compile(
    r"(?:^|_)(?:bos|eos|pad|unk|sep|cls|mask|stop|end|start|special|image|audio|video)_token$", re.IGNORECASE
)
"""Tokens of a vocabulary, which engines are told by these names."""
_REFERRING: Final = re.compile(r"(?:^|_)(?:tls|ssl|ca|cert|certificate|pull|registry)_secret$", re.IGNORECASE)
_OBJECT: Final = re.compile(r"[a-z0-9](?:[-a-z0-9./]*[a-z0-9])?")
"""Secrets of a kind that only a Secret holds: a short name stands for the object."""
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HARMLESS: Final = re.compile(
    r"^(?:|\d+[a-z]*|true|false|none|null|yes|no|required|optional|disabled?|enabled?|/.*|arn:.*|.*[$<{].*|x+|\*+|"
    r"change-?me.*|replace-?me.*|redacted|projects/.*|vault:.*|https?://[^@]*)$",
    re.IGNORECASE,
)
"""Values that are no credential: amounts, switches, paths, references and placeholders."""
_LOGINS: Final = ("-u", "--user")
_LOGIN: Final = re.compile(r"[^\s:$<{]+:[^\s$<{]{3,}")
_ASSIGNED: Final = re.compile(r"""(?m)([A-Za-z][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*["']?([^\s"']+)""")


def looks_like_one(value: str) -> bool:
    """Whether a value is a credential whatever its name says."""
    return any(pattern.search(value) for _, pattern in _KNOWN)


def spotted(name: str, value: str) -> Iterator[str]:
    """What a value gives away, by what it looks like, or by what its name says it is."""
    found = [what for what, pattern in _KNOWN if pattern.search(value)]
    if found:
        yield from found
    elif _is_named(_WORDS.sub("_", name).replace("-", "_"), value.strip()) and not _HARMLESS.match(
        value.strip()
    ):
        yield "a credential, by its name"


def _is_named(name: str, value: str) -> bool:
    is_reference = bool(_REFERRING.search(name) and _OBJECT.fullmatch(value))
    return bool(_NAMED.search(name)) and not _OF_TEXT.search(name) and not is_reference


def _in_text(value: str) -> Iterator[str]:
    """What a text of several lines gives away: a file, a script."""
    found = {what for what, pattern in _KNOWN if pattern.search(value)}
    for name, assigned in _ASSIGNED.findall(value):
        found.update(spotted(name, assigned))
    yield from sorted(found)


def _in_config(config: Resource, _graph: Graph) -> Iterable[str]:
    data = mapping(at(config.inputs, "data"), "data")
    encoded = mapping(at(config.inputs, "binaryData"), "binaryData")
    written = [partial(_entry, key, value) for key, value in data.items()]
    return every([*written, *(partial(_encoded_entry, key, value) for key, value in encoded.items())])


def _entry(key: str, value: Any) -> Iterator[str]:
    said = text(value, key)
    found = _in_text(said) if "\n" in said.strip() else spotted(key, said)
    yield from (f"data.{key}: {what}" for what in found)


def _encoded_entry(key: str, value: Any) -> Iterator[str]:
    yield from (f"binaryData.{key}: {what}" for what in _in_text(decoded(text(value, key))))


def _in_pods(workload: Resource, _graph: Graph) -> Iterable[str]:
    return every(partial(_in_container, container) for container in containers_of(workload))


def _in_container(container: Mapping[str, Any]) -> Iterable[str]:
    name = called(container)
    for variable in sequence(at(container, "env"), "env"):
        key = text(at(variable, "name"), "env.name")
        for what in spotted(key, text(at(variable, "value"), f"env.{key}")):
            yield f"{name}: the variable {key} holds {what}"
    for part in ("command", "args"):
        words = [text(word, part) for word in sequence(at(container, part), part)]
        for what in dict.fromkeys(_in_words(words)):
            yield f"{name}: {part} hold {what}"
    for part in ("script", "source"):
        for what in _in_text(text(at(container, part), part)):
            yield f"{name}: its {part} holds {what}"


def _in_words(words: list[str]) -> Iterator[str]:
    has_curl = any(word.rpartition("/")[2] == "curl" for word in words)
    for index, word in enumerate(words):
        option, has_value, value = word.partition("=")
        following = words[index + 1] if index + 1 < len(words) else ""
        # What looks like a credential is one wherever it stands; a name only says so before its value.
        yield from _in_text(word) if " " in word else spotted("", word)
        yield from spotted(option.lstrip("-"), value) if has_value and " " not in word else ()
        if option in _LOGINS and has_curl and _LOGIN.fullmatch(following):
            yield "a password after a name"
        if option.startswith("--") and not has_value and not following.startswith("-"):
            yield from spotted(option.lstrip("-"), following)


def _elsewhere(found: Resource, _graph: Graph) -> Iterable[str]:
    if found.type not in _READ_ELSEWHERE and "kind" in found.inputs:
        yield from _look(found.inputs, "")


def _look(value: Any, path: str) -> Iterator[str]:
    """Every text of an object but those that other rules read by name."""
    known(value, path)
    if isinstance(value, str):
        if _PERHAPS.search(value):
            yield from (f"{path} holds {what}" for what, pattern in _KNOWN if pattern.search(value))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key == "inline" and path.endswith("apiKey") and isinstance(one, str):
                yield f"{path}.inline holds a key"
            elif key not in _READ_BY_NAME:
                yield from _look(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _look(one, f"{path}.{index}")


def _in_user_data(machine: Resource, _graph: Graph) -> Iterable[str]:
    for path in _USER_DATA_PATHS:
        said = text(at(machine.inputs, path), path)
        for what in _in_text(decoded(said)) if said else ():
            yield f"{path} holds {what}"


def user_data(machine: Resource) -> Iterator[str]:
    """What a machine is told when it starts, decoded."""
    for path in _USER_DATA_PATHS:
        if said := text(at(machine.inputs, path), path):
            yield decoded(said)


def _in_function(function: Resource, _graph: Graph) -> Iterable[str]:
    variables = mapping(at(function.inputs, "environment.variables"), "environment.variables")
    for key, value in variables.items():
        if value is UNKNOWN and function.property_dependencies.get("environment"):
            continue  # made by another resource, and written nowhere
        for what in spotted(key, text(value, key)):
            yield f"the variable {key} holds {what}"


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
