"""Which engine a container starts, and with which options: by its program, or by an image that starts it itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facts.engines import Engine, engines
from policies.analysis.engines.pods import EnginePod
from policies.analysis.engines.scripts import commands
from policies.analysis.kserve.model_hubs import variables, words
from policies.engine.values import at, sequence, text

_PARTS: Final = re.compile(r"[-_.]")
_NUMBER: Final = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class Started:
    """An engine as a container starts it: the options after its program, and the variables it sees."""

    name: str
    engine: Engine
    options: Sequence[str]
    told: Mapping[str, str]

    def value(self, names: Sequence[str]) -> str | None:
        """What an option is set to, in any of its spellings; the last one counts, and a bare one is empty."""
        said = None
        for name in names:
            variable = self.engine.variables.get(name)
            said = self.told.get(variable, said) if variable else said
        for index, word in enumerate(self.options):
            option, has_value, value = word.partition("=")
            if not has_value and " " in option:  # one word of a list that holds both
                option, has_value, value = option.partition(" ")
            if _spelled(option) in names:
                following = self.options[index + 1] if index + 1 < len(self.options) else ""
                said = value.strip() if has_value else "" if following.startswith("-") else following
        return said

    def number(self, names: Sequence[str]) -> int | None:
        """The same as a number; None where it is not set, or set to what is only known when the pod runs.

        What is not set counts as 1 where sizes are multiplied; :meth:`is_open` tells the two apart.
        """
        said = self.value(names)
        return int(said) if said is not None and _NUMBER.fullmatch(said) else None

    def is_open(self, names: Sequence[str]) -> bool:
        """Whether an option is set to something that cannot be read here."""
        return self.value(names) is not None and self.number(names) is None

    def model(self) -> str:
        """What it is told to serve, as it is written; empty where no option says so."""
        named = self.value(self.engine.models) if self.engine.models else None
        positional = self.options[0] if self.options and not self.options[0].startswith("-") else ""
        return named or positional


def _spelled(option: str) -> str:
    return option if not option.startswith("--") else option.replace("_", "-")


def engine_of(container: Mapping[str, Any]) -> Started | None:
    """The engine a container starts; None where it starts none that is known."""
    told = variables(container)
    for command, seen in commands(words(container), told):
        for name, engine in engines().engines.items():
            options = _after_program(command, engine)
            if options is not None:
                return Started(name, engine, options, seen)
    if sequence(at(container, "command"), "command"):
        return None
    found = _by_format(container) or _by_image(text(at(container, "image"), "image"))
    if found is None:
        return None
    arguments = next((c for c, _ in commands(words(container), told)), [])
    return Started(found, engines().engines[found], [a for a in arguments if a != "serve"], told)


def _after_program(command: Sequence[str], engine: Engine) -> list[str] | None:
    """What stands after the engine's program or module in a command."""
    bare = [word.rpartition("/")[2] for word in command]
    for program in engine.programs:
        wanted = program.split()
        for index in range(len(bare) - len(wanted) + 1):
            if bare[index : index + len(wanted)] == wanted:
                return list(command[index + len(wanted) :])
    for index, word in enumerate(command[:-1]):
        if word == "-m" and command[index + 1] in engine.modules:
            rest = list(command[index + 2 :])
            return rest[1:] if rest[:1] == ["serve"] else rest
    return None


def _by_format(container: Mapping[str, Any]) -> str | None:
    """KServe picks the server by the format where no runtime in view says more."""
    said = at(container, "modelFormat.name")
    form = said.lower() if isinstance(said, str) else ""
    return next((name for name, engine in engines().engines.items() if form and form in engine.formats), None)


def _by_image(image: str) -> str | None:
    last = image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    parts = set(_PARTS.split(last))
    if not last or parts & set(engines().beside):
        return None
    for name, engine in engines().engines.items():
        for known in engine.images:
            if known in parts or last == known or last.startswith(f"{known}-"):
                return name
    return None


def started(pod: EnginePod) -> Iterator[tuple[str, Mapping[str, Any], Started]]:
    """Engines among a pod's main containers, each with the path of its container."""
    for index, container in enumerate(sequence(at(pod.spec, "containers"), "containers")):
        found = engine_of(container)
        if found is not None:
            yield pod.container_path(index), container, found
