"""A permissions boundary that somebody else made: what a stack file says of it, in the place of the platform's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import pulumi
from pydantic import AfterValidator, Field

from components.foundation.base import PlatformComponent, Settings

_LONGEST: Final = 6_144
"""The most characters that IAM keeps of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS
quotas", read 2026-11-30)."""
_EFFECTS: Final = ("Allow", "Deny")


def _document(said: dict[str, Any]) -> dict[str, Any]:
    if problems := [*_problems(said)]:
        raise ValueError("; ".join(problems))
    return said


def _problems(said: dict[str, Any]) -> Iterator[str]:
    if (length := len(_kept(said))) > _LONGEST:
        yield f"IAM keeps {_LONGEST:,} characters at most (got {length:,})"
    statements = said.get("Statement")
    found = [statements] if isinstance(statements, dict) else statements
    if not isinstance(found, list) or not found:
        yield f"Statement: should be a list of statements (got {statements!r})"
        return
    effects = [one.get("Effect") if isinstance(one, dict) else one for one in found]
    for index, effect in enumerate(effects):
        if effect not in _EFFECTS:
            yield f"Statement[{index}].Effect: should be Allow or Deny (got {effect!r})"
    if _EFFECTS[0] not in effects:
        yield "Statement: no statement allows anything, so no role could do anything"


def _kept(said: dict[str, Any]) -> str:
    return json.dumps(said, separators=(",", ":"))


class ExistingBoundary(Settings):
    """``identity.boundary.existing:`` in a stack file: the policy's ARN, and its document, told here.

    The document is what ``aws iam get-policy-version`` answers as ``PolicyVersion.Document``: the gate asks nobody, and
    holds every role of the platform against it.
    """

    arn: Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:iam::\d{12}:policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$"
        ),
    ]
    document: Annotated[dict[str, Any], AfterValidator(_document)]

    @property
    def text(self) -> str:
        """The document as IAM keeps it."""
        return _kept(self.document)


class BoundarySettings(Settings):
    """``identity.boundary:``: where the boundary of the platform's roles comes from, if not from the bootstrap."""

    existing: ExistingBoundary


@dataclass(frozen=True, kw_only=True)
class AdoptedBoundaryArgs:
    """What :class:`AdoptedBoundary` needs."""

    settings: BoundarySettings


class AdoptedBoundary(PlatformComponent):
    """The organisation's own boundary, as it was told: nothing of it is made or changed.

    It has no children; its document stands in its inputs, where rules judge it.
    """

    TYPE = "slipway:identity:AdoptedBoundary"

    def __init__(
        self, name: str, args: AdoptedBoundaryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        there = args.settings.existing
        says: Mapping[str, Any] = {"arn": there.arn, "policy": there.text}
        super().__init__(name, opts, says=says)
        self.register_outputs({})
