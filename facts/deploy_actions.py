"""What AWS is asked for when a resource of a type is made, read, changed and ended: ``deploy_actions.yaml``."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

_HERE = Path(__file__).parent
Action = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$")]
Verb = Literal["create", "read", "update", "delete"]


class DeployActions(Strict):
    """One row; the head of the file says what each part means."""

    arns: list[str] = Field(default_factory=list)
    create: list[Action] = Field(default_factory=list)
    read: list[Action] = Field(min_length=1)
    update: list[Action] = Field(default_factory=list)
    delete: list[Action] = Field(default_factory=list)
    if_set: dict[str, list[Action]] = Field(default_factory=dict)
    passes: dict[str, str] = Field(default_factory=dict)
    attaches: str = ""
    linked: list[str] = Field(default_factory=list)
    claims: list[str] = Field(default_factory=list)
    """Kinds of things that AWS makes without tags, and that get ours first."""
    of_clusters: list[str] = Field(default_factory=list)
    """Kinds of things that EKS makes, and tags with the cluster's name."""

    def every(self) -> Iterator[str]:
        """All its actions."""
        for actions in (self.create, self.read, self.update, self.delete, *self.if_set.values()):
            yield from actions


class _File(Strict):
    source: str
    read: str
    types: dict[str, DeployActions]


@cache
def deploy_actions() -> Mapping[str, DeployActions]:
    """By Pulumi type."""
    path = _HERE / "deploy_actions.yaml"
    raw = load(path.read_text(encoding="utf-8"), path.name)
    return _File.model_validate({**raw, "read": str(raw["read"])}).types


@cache
def action_resources() -> Mapping[str, Mapping[str, str]]:
    """By action of EC2, the kinds of things it is for, and whose tags decide: ``request``, ``resource``, ``any``."""
    said = json.loads((_HERE / "action_resources.json").read_text(encoding="utf-8"))
    actions: Mapping[str, Mapping[str, str]] = said["actions"]
    return actions
