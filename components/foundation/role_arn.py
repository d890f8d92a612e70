"""What settings accept as a role."""

from typing import Annotated

from pydantic import Field

RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$")]
"""A role, never a user: a user's access keys do not expire."""
