"""Controls of public frameworks: what each asks, in our words, and what of it the rules do not hold."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Strict
from facts.strict_yaml import load

_FOLDER = Path(__file__).parent / "controls"

Sentence = Annotated[str, Field(min_length=10, max_length=120)]


class Control(Strict):
    """One thing a framework asks.

    Without a word on it the rules must hold all of it. ``partly`` says what they leave out, ``not_decidable``
    why no resource tells, ``not_yet`` what it would take.
    """

    title: Annotated[str, Field(min_length=5, max_length=110)]
    partly: Sentence | None = None
    not_decidable: Sentence | None = None
    not_yet: Sentence | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        said = [name for name in ("partly", "not_decidable", "not_yet") if getattr(self, name)]
        if len(said) > 1:
            raise ValueError(f"should say one of partly, not_decidable, not_yet (got {', '.join(said)})")
        return self


class Framework(Strict):
    """A document and its controls by id; ``published`` is empty where the document says no date."""

    name: str
    document: str
    version: str
    published: str = ""
    source: Annotated[str, Field(pattern=r"^https://")]
    read: date
    controls: Annotated[dict[str, Control], Field(min_length=1)]


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework, by the name of its file: the part of a tag before the colon.

    Raises:
        ValueError: a file is wrong; all its problems are listed.
    """
    return {path.stem: read_framework(path) for path in sorted(_FOLDER.glob("*.yaml"))}


def read_framework(path: Path) -> Framework:
    raw: Any = load(path.read_text(encoding="utf-8"), path.name)
    try:
        return Framework.model_validate(raw)
    except ValidationError as error:
        raise ValueError("\n".join(f"{path.name}: {line}" for line in explain(error, Framework))) from None
