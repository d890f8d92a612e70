"""Which places of a stack keep it safe: the table in ``relevant.yaml``."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from facts.strict_yaml import load
from tools.mutation.mutants import Mutant

TABLE: Final = Path(__file__).with_name("relevant.yaml")
RUNNING: Final = Path(__file__).with_name("running.yaml")
EXPLAINED: Final = Path(__file__).with_name("explained.yaml")
RUNNING_EXPLAINED: Final = Path(__file__).with_name("running_explained.yaml")


class Places(BaseModel):
    """Globs of places: where all four match and none of ``not``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: tuple[str, ...] = Field(min_length=1)
    names: tuple[str, ...] = ("*",)
    paths: tuple[str, ...] = Field(min_length=1)
    changes: tuple[str, ...] = ("*",)
    not_: tuple[str, ...] = Field(default=(), alias="not")
    because: str = ""

    def __contains__(self, mutant: Mutant) -> bool:
        return (
            _any(self.types, mutant.type)
            and _any(self.paths, mutant.path)
            and _any(self.names, mutant.name)
            and _any(self.changes, mutant.change)
            and not _any(self.not_, mutant.path)
        )


def _any(globs: Sequence[str], text: str) -> bool:
    return any(fnmatchcase(text, glob) for glob in globs)


class Table:
    """Places under headings; a mutant belongs to the first heading that names it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _places(self) -> Mapping[str, tuple[Places, ...]]:
        data = load(self.path.read_text(encoding="utf-8"), self.path.name)
        return TypeAdapter(dict[str, tuple[Places, ...]]).validate_python(data)

    def heading(self, mutant: Mutant) -> str:
        """What is lost with it; empty where nothing is."""
        for heading, places in self._places.items():
            if any(mutant in place for place in places):
                return heading
        return ""

    @property
    def headings(self) -> tuple[str, ...]:
        """All of them, in the table's order."""
        return tuple(self._places)
