"""Which controls of public frameworks the rules hold, and where each control stands because of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationError

from facts.controls import Control, Framework, frameworks
from facts.explain import did_you_mean, explain
from facts.strict import Strict
from facts.strict_yaml import load
from policies.engine.rule import Level

_FILE = Path(__file__).parent.parent / "controls.yaml"

State = Literal["enforced", "partly", "not decidable", "not yet"]
STATES: tuple[State, ...] = get_args(State)
Tags = Annotated[list[str], Field(min_length=1)]


class NoControl(Strict):
    """A rule that no framework asks for, and why it is there all the same."""

    none: Annotated[str, Field(min_length=20)]


class Check(Strict):
    """Something the gate asks that is no rule of the catalogue."""

    what: Annotated[str, Field(min_length=20)]
    holds: Tags


class Mapped(Strict):
    """What rules and other checks hold, as ``framework:control``."""

    rules: dict[str, Tags | NoControl]
    checks: dict[str, Check]


@dataclass(frozen=True)
class Standing:
    """A control, and what became of it; ``by`` names the rules and checks that hold it or a part of it."""

    tag: str
    control: Control
    by: tuple[str, ...]

    @property
    def state(self) -> State:
        if self.by:
            return "partly" if self.control.partly else "enforced"
        return "not decidable" if self.control.not_decidable else "not yet"

    @property
    def said(self) -> str:
        """What is missing, or why nothing holds it; empty where all of it is held."""
        return self.control.partly or self.control.not_decidable or self.control.not_yet or ""


@cache
def mapped() -> Mapped:
    """The committed mapping.

    Raises:
        ValueError: the file is wrong; all problems are listed.
    """
    raw = load(_FILE.read_text(encoding="utf-8"), _FILE.name)
    try:
        return Mapped.model_validate(raw)
    except ValidationError as error:
        raise ValueError("\n".join(f"{_FILE.name}: {line}" for line in explain(error, Mapped))) from None


def tags_of(rule: str) -> tuple[str, ...]:
    """The controls a rule holds; none for what is no rule of the catalogue."""
    found = mapped().rules.get(rule, [])
    return () if isinstance(found, NoControl) else tuple(found)


def why_none(rule: str) -> str:
    """Why a rule holds no control; empty where it holds one."""
    found = mapped().rules.get(rule)
    return found.none if isinstance(found, NoControl) else ""


def standings(mapping: Mapped, known: Mapping[str, Framework]) -> dict[str, tuple[Standing, ...]]:
    """Every control of every framework, in the order of its file."""
    holders = _holders(mapping)
    return {
        stem: tuple(
            Standing(tag, control, holders.get(tag, ()))
            for id_, control in framework.controls.items()
            for tag in [f"{stem}:{id_}"]
        )
        for stem, framework in known.items()
    }


def committed() -> dict[str, tuple[Standing, ...]]:
    """The standings by the committed files."""
    return standings(mapped(), frameworks())


def problems(mapping: Mapped, known: Mapping[str, Framework], levels: Mapping[str, Level]) -> Iterator[str]:
    """What is wrong between the rules there are (``levels`` by id), the mapping, and the frameworks."""
    for rule in sorted(levels.keys() - mapping.rules.keys()):
        yield f"{rule}: name the controls it holds in policies/{_FILE.name}, or say none: and why"
    for rule in sorted(mapping.rules.keys() - levels.keys()):
        yield f"{rule}: there is no such rule; {did_you_mean(rule, sorted(levels)) or 'take it out'}"
    tags = {f"{stem}:{id_}" for stem, framework in known.items() for id_ in framework.controls}
    for name, held in _held(mapping):
        for tag in held:
            if tag not in tags:
                yield f"{name}: there is no control {tag}; {did_you_mean(tag, sorted(tags)) or 'look it up'}"
        if len(set(held)) < len(held):
            yield f"{name}: names a control twice"
    for standing in (s for group in standings(mapping, known).values() for s in group):
        yield from _contradictions(standing, levels)


def _contradictions(standing: Standing, levels: Mapping[str, Level]) -> Iterator[str]:
    control, by = standing.control, ", ".join(standing.by)
    if standing.by and (control.not_decidable or control.not_yet):
        said = "not decidable" if control.not_decidable else "not yet"
        yield f"{standing.tag}: said to be {said}, but held by {by}"
    elif not standing.by and control.partly:
        yield f"{standing.tag}: said to be held partly, but nothing holds it"
    elif not standing.by and not standing.said:
        yield f"{standing.tag}: nothing holds it: say not_decidable: or not_yet: and why"
    elif standing.state == "enforced" and all(levels.get(name) == "advisory" for name in standing.by):
        yield f"{standing.tag}: only advised by {by}: say partly:"


def _held(mapping: Mapped) -> Iterator[tuple[str, list[str]]]:
    for rule, found in mapping.rules.items():
        yield rule, [] if isinstance(found, NoControl) else found
    for name, check in mapping.checks.items():
        yield name, check.holds


def _holders(mapping: Mapped) -> dict[str, tuple[str, ...]]:
    """By tag, who holds it, in order of name."""
    found: dict[str, set[str]] = {}
    for name, tags in _held(mapping):
        for tag in tags:
            found.setdefault(tag, set()).add(name)
    return {tag: tuple(sorted(names)) for tag, names in found.items()}
