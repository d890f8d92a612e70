"""The small types that records and events are written in."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("should say something; it is blank")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_says_something)]

Version = Annotated[str, Field(pattern=r"^v[1-9][0-9]{0,3}$")]
"""``v1``, ``v2`` and so on: one folder, one set of resources, one entry in the traffic."""

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]

Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]

Person = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")]
"""An address that reaches who decided."""
