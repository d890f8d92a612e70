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

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]

Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]

Person = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")]
"""An address that reaches who decided."""

Bot = Annotated[str, Field(pattern=r"^slipway-[a-z][a-z-]{0,30}@[a-z][a-z0-9-]{0,30}$")]
"""A kind of workflow in an environment, ``slipway-rollout@prod``: no person's address, which has a dot after the @."""

Speaker = Annotated[
    str, Field(pattern=r"^([^\s@]+@[^\s@]+\.[^\s@]+|slipway-[a-z][a-z-]{0,30}@[a-z][a-z0-9-]{0,30})$")
]
"""A person, or a workflow that signs what it says."""


def number(version: str) -> int:
    """The number of ``v12``: 12."""
    return int(version.removeprefix("v"))
