"""What must hold for what states and previews show: no output, configuration or input holds a credential."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.secrets.documents import named_values
from policies.analysis.secrets.placeholders import is_no_secret
from policies.analysis.secrets.shapes import in_text, is_named, shapes, spotted
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import dotted
from policies.engine.rule import Offence, Rule

STACK: Final = "pulumi:pulumi:Stack"
REFERENCE: Final = "pulumi:pulumi:StackReference"
_JUDGED_ELSEWHERE: Final = (
    *(
        "kubernetes:",
        "aws:",
        "aws-native:",
        "slipway:",
        "pulumi:providers:aws",
        "pulumi:providers:kubernetes",
    ),
    *(STACK, REFERENCE),
)
"""Types with rules of their own for what they are told."""
_HIDDEN: Final = frozenset({"plaintextvalue", "clientkeydata", "client-key-data", "connectionstring"})
"""Names that only ever hold a credential, though they do not end as one."""

Found = Iterator[tuple[str, str]]


def _texts(value: Any, path: str, name: str, kept: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Every text with its place and name; what is encrypted is left out, and what is not known yet is no text."""
    if dotted(path) in kept:
        return
    if isinstance(value, str):
        yield path, name, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, f"{path}.{key}".lstrip("."), str(key), kept)
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from _texts(below, f"{path}[{index}]", name, kept)


def _credentials(value: Any, path: str, kept: frozenset[str]) -> Iterator[Offence]:
    for place, name, said in _texts(value, path, "", kept):
        yield from (_plain(place, what) for what in dict.fromkeys(_told(name, said)))


def _plain(path: str, what: str) -> Offence:
    """That a credential stands there; what it is stands in no finding."""
    return Offence(path=path, problem=f"holds {what} in plain text")


def _told(name: str, said: str) -> Iterator[str]:
    """What a text gives away, by itself or as a document of names and values."""
    last = name.rpartition(":")[2]
    found = list(spotted(last, said))
    if not found and last.lower() in _HIDDEN and said and not is_no_secret(last, said):
        found = ["a credential, by its name"]
    if not found and ("\n" in said or " " in said or said.startswith(("{", "["))):
        found = [*in_text(said), *(what for one, value in named_values(said) for what in _inner(one, value))]
    yield from found


def _inner(name: str, value: str) -> Iterator[str]:
    if name.lower() in _HIDDEN and value and not is_no_secret(name, value):
        yield f"{name}, a credential by its name"
    elif is_named(name, value):
        yield from (f"{name}, {what}" for what in spotted(name, value))


def _of_stack(stack: Resource, _graph: Graph) -> Iterable[Offence]:
    answered = frozenset(stack.secret_properties)
    yield from _credentials(stack.outputs, "outputs", answered)
    yield from _credentials(stack.inputs.get("config"), "config", answered)


def _of_input(made: Resource, _graph: Graph) -> Iterable[Offence]:
    if made.type.startswith(_JUDGED_ELSEWHERE):
        return
    said = list(_credentials(made.inputs, "", made.secret_properties))
    yield from said
    places = {one.path for one in said}
    for place, _, value in _texts(made.outputs, "outputs", "", made.secret_properties):
        if place.removeprefix("outputs.") not in places:
            yield from (_plain(place, what) for what in shapes(value))


RULES: tuple[Rule, ...] = (
    Rule(
        id="stacks-show-no-credentials",
        severity="high",
        applies_to=(STACK, REFERENCE),
        why="Whoever may read the state, or sees a log of an update, has what stands there.",
        fix="Make it a secret (pulumi.Output.secret, pulumi config set --secret), or better, export no credential.",
        check=_of_stack,
    ),
    Rule(
        id="inputs-hold-no-credentials",
        severity="high",
        applies_to=("*",),
        why="Inputs are kept in the state as they are, and shown by every preview.",
        fix="Mark the input as a secret (pulumi.Output.secret, additional_secret_outputs), or name where one is kept.",
        check=_of_input,
    ),
)
