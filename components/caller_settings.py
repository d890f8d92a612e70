"""Who may call a model, and how often: one entry of ``callers`` in a stack file."""

from typing import Annotated

from pydantic import Field

from components.base import Settings


class CallerSettings(Settings):
    """A caller whose tokens carry this subject. What a stack does not name cannot be called."""

    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    requests_per_minute: int = Field(default=60, ge=1)
    tokens_per_minute: int = Field(default=50_000, ge=1)
    """Of prompts and answers together; counted for language models only."""
