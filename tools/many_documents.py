"""As many roles with documents as wanted: what reasoning about permissions costs as they grow."""

import json
from typing import Any

from policies.analysis.iam.effective import grants, may
from policies.analysis.iam.identities import ROLE, identities
from policies.engine.graph import Graph, Resource

_MODELS = "arn:aws:s3:::models"
INLINE = "aws:iam/rolePolicy:RolePolicy"


def roles(count: int) -> Graph:
    """Roles with six statements each, one of them a refusal."""
    return Graph(part for number in range(count) for part in _role(number))


def answer(graph: Graph) -> list[str]:
    """Ask every role for one permission, and list all that it has."""
    found = identities(graph)
    said = [may(identity, "s3:Get1", f"{_MODELS}-1/a") for identity in found]
    listed = [grants(identity) for identity in found]
    if min(len(each) for each in listed) < 9:  # noqa: PLR2004 five statements of two actions, less one refused
        raise ValueError("a role lists fewer permissions than it has")
    return said


def _role(number: int) -> list[Resource]:
    name = f"r{number}"
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": [f"s3:Get{i}", f"ec2:Describe{i}*"], "Resource": [f"{_MODELS}-{i}/*"]}
        for i in range(5)
    ]
    statements.append({"Effect": "Deny", "Action": [f"s3:Get{number}"], "Resource": "*"})
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return [
        _resource(ROLE, name, {"name": name}),
        _resource(INLINE, f"{name}-own", {"role": name, "policy": text}),
    ]


def _resource(type_: str, name: str, inputs: dict[str, Any]) -> Resource:
    return Resource(urn=f"urn:pulumi:bench::slipway::{type_}::{name}", type=type_, name=name, inputs=inputs)
