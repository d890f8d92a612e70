"""Programs that serve models: how each is started, what it splits a model over, and what it opens to its callers."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "engines.yaml"


class Switch(Strict):
    """An option or a variable that lets whoever reaches the server do more than ask the model."""

    option: str = ""
    variable: str = ""
    lets: str
    is_flag: bool = False
    any: bool = False
    """A variable that works whatever it is set to."""
    when: list[str] = Field(default_factory=list)
    """The only values that open it."""
    unless: list[str] = Field(default_factory=list)
    guards: list[str] = Field(default_factory=list)
    """Options that together close it again."""


class Engine(Strict):
    """One engine. ``images`` are parts of an image's last name, ``modules`` what ``python -m`` is given."""

    images: list[str] = Field(default_factory=list)
    programs: list[str] = Field(default_factory=list)
    modules: list[str] = Field(default_factory=list)
    formats: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    variables: dict[str, str] = Field(default_factory=dict)
    loads_gigabytes: float = 0
    """What is taken for the size of weights that nobody names; 0 where the server answers before they are read."""
    shares_memory: bool = False
    splits: list[list[str]]
    """Options whose values are multiplied; of each list, the first that is set."""
    within: dict[str, list[str]] = Field(default_factory=dict)
    spread: list[str] = Field(default_factory=list)
    spread_values: dict[str, str] = Field(default_factory=dict)
    switches: list[Switch] = Field(default_factory=list)


class Engines(Strict):
    """All of them, with what holds for each."""

    read: date
    sources: dict[str, str]
    beside: list[str]
    engines: dict[str, Engine]
    devices: list[str]
    shared_memory_mib: int
    unshared: list[str]
    bytes_per_parameter: dict[float, list[str]]


@cache
def engines() -> Engines:
    return Engines.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))
