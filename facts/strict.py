"""The one base of everything a person writes in YAML, and the words its values are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A frozen record that refuses unknown keys and never coerces (``true`` is not a count, nothing is infinite)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=False, allow_inf_nan=False
    )


AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
"""An AWS account's number."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
"""A name that becomes part of a resource's name: lower-case letters, digits and dashes."""
