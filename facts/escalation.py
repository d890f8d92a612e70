"""Ways from some permissions to many, as public research knows them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import Field, model_validator

from facts.strict import Strict

_FOLDER = Path(__file__).parent
_FILES = ("escalation.yaml", "escalation-passed-roles.yaml", "escalation-others.yaml")


class Escalation(Strict):
    """Ways that lead to the same: the actions each takes, what the first must reach, and who says so.

    ``asked_with`` holds what a request carries that conditions may ask for, and the values that are worth it.
    ``on_itself`` is true where it is enough to reach the identity's own name, or a policy that it holds.
    """

    means: str
    reaches: str
    ways: list[list[str | list[str]]] = Field(min_length=1)
    asked_with: dict[str, list[str]] = Field(default_factory=dict)
    on_itself: bool = False
    source: str
    read: date

    @property
    def chains(self) -> list[tuple[str, ...]]:
        """Each way with one action for every step."""
        return [chain for way in self.ways for chain in product(*(_each(step) for step in way))]

    def requests(self) -> list[Mapping[str, str]]:
        """The context of each request that is worth making, keys in lower case."""
        keys = [key.lower() for key in self.asked_with]
        return [
            MappingProxyType(dict(zip(keys, values, strict=True)))
            for values in product(*self.asked_with.values())
        ]


class _File(Strict):
    kinds: dict[str, str] = Field(default_factory=dict)
    groups: list[Escalation] = Field(min_length=1)

    @model_validator(mode="after")
    def _steps_are_there(self) -> "_File":
        empty = [group.means for group in self.groups for way in group.ways if not way or [] in way]
        if empty:
            raise ValueError(f"ways without an action: {', '.join(sorted(set(empty)))}")
        return self


@cache
def _files() -> tuple[_File, ...]:
    texts = ((_FOLDER / name).read_text(encoding="utf-8") for name in _FILES)
    return tuple(_File.model_validate(yaml.load(text, Loader=yaml.CSafeLoader)) for text in texts)


@cache
def escalations() -> tuple[Escalation, ...]:
    """Every known way, grouped by what it leads to."""
    return tuple(group for file in _files() for group in file.groups)


@cache
def kinds() -> Mapping[str, str]:
    """What ways reach, by name: an ARN that stands for everything of a kind."""
    return MappingProxyType({name: arn for file in _files() for name, arn in file.kinds.items()})


def _each(step: str | list[str]) -> list[str]:
    return [step] if isinstance(step, str) else step
