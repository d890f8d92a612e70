"""The licence of a model as found; whether it is acceptable is an event."""

from datetime import date
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from facts.strict import Strict
from releases.text import Text

LicenceName = Literal[
    "Apache-2.0",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "MIT",
    "gemma-terms",
    "llama-3.1-community",
    "llama-3.3-community",
    "openrail-m",
]
"""SPDX identifiers, then community licences by name. Whoever adds one has read it."""

NON_COMMERCIAL: Final = frozenset({"CC-BY-NC-4.0"})


class Licence(Strict):
    """The licence as found when the record was written."""

    name: LicenceName
    source: Text
    read: date
    obligations: list[Text] = Field(default_factory=list)
    permitted_uses: list[Literal["internal", "commercial", "research"]] = Field(min_length=1)

    @model_validator(mode="after")
    def _uses_agree_with_the_licence(self) -> Self:
        if self.name in NON_COMMERCIAL and "commercial" in self.permitted_uses:
            raise ValueError(f"permitted_uses names commercial, which {self.name} does not permit")
        return self
