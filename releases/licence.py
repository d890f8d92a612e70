"""The licence of a model as found; whether it is acceptable is an event."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from facts.licences import licence_terms
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
"""SPDX identifiers, then community licences by name. Whoever adds one has read it: ``facts/licences.yaml``."""

Use = Literal["internal", "commercial", "research"]
PermittedUse = Literal["internal", "commercial", "research", "redistribution"]


class Licence(Strict):
    """The licence as found when the record was written."""

    name: LicenceName
    source: Text
    read: date
    obligations: list[Text] = Field(default_factory=list, description="What it asks for, in words.")
    permitted_uses: list[PermittedUse] = Field(
        min_length=1,
        description="What the model may be used for; redistribution: its files may be passed on.",
    )

    @model_validator(mode="after")
    def _agrees_with_the_licence(self) -> Self:
        terms = licence_terms()[self.name]
        for use, is_permitted in (("commercial", terms.commercial), ("redistribution", terms.redistribution)):
            if use in self.permitted_uses and not is_permitted:
                raise ValueError(f"permitted_uses names {use}, which {self.name} does not permit")
        if terms.serving and not self.obligations:
            asked = "; ".join(terms.serving.values())
            raise ValueError(f"obligations is empty, and {self.name} asks whoever serves it for: {asked}")
        return self
