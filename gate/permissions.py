"""Who may do what, read from the IAM documents of a graph."""

from collections.abc import Iterable, Mapping
from typing import Any

from gate.report import Permission
from policies.reading import UndecidedError, document, listed, mapping, text
from policies.record import Graph, Resource

_INLINE = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)


def permissions(graph: Graph) -> list[Permission]:
    """Every statement that applies to an identity, sorted; what cannot be read is the rules' to report."""
    found: list[Permission] = []
    for resource in graph.of_type(*_INLINE):
        identity = resource.inputs.get("role") or resource.inputs.get("user") or resource.inputs.get("group")
        found.extend(_statements(_named(identity), resource, resource.inputs.get("policy")))
    for attachment in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        arn = attachment.inputs.get("policyArn")
        own = [
            p
            for p in graph.of_type("aws:iam/policy:Policy")
            if isinstance(arn, str) and p.outputs.get("arn") == arn
        ]
        if own:
            found.extend(
                _statements(_named(attachment.inputs.get("role")), own[0], own[0].inputs.get("policy"))
            )
        else:
            found.append(
                Permission(
                    identity=_named(attachment.inputs.get("role")),
                    actions=(f"what {_named(arn)} allows (AWS keeps that document)",),
                    resources=("see the policy",),
                )
            )
    return sorted(found)


def _named(value: Any) -> str:
    return value if isinstance(value, str) else "unknown identity"


def _statements(identity: str, resource: Resource, policy: Any) -> Iterable[Permission]:
    try:
        for raw in listed(document(policy).get("Statement")):
            statement = mapping(raw)
            yield Permission(
                identity=identity,
                actions=_either(statement, "Action"),
                resources=_either(statement, "Resource"),
                conditions=tuple(_conditions(mapping(statement.get("Condition")))),
                denied=text(statement.get("Effect")) == "Deny",
            )
    except UndecidedError as missing:
        yield Permission(
            identity=identity, actions=(f"unreadable: {missing} ({resource.name})",), resources=("unknown",)
        )


def _either(statement: Mapping[str, Any], part: str) -> tuple[str, ...]:
    """What a statement names, or everything but what it leaves out (``NotAction``, ``NotResource``)."""
    left_out = sorted(text(v) for v in listed(statement.get(f"Not{part}")))
    if left_out:
        return (f"everything but {', '.join(left_out)}",)
    return tuple(sorted(text(v) for v in listed(statement.get(part)))) or ("nothing",)


def _conditions(conditions: Mapping[str, Any]) -> Iterable[str]:
    for operator, keys in sorted(conditions.items()):
        for key, value in sorted(mapping(keys).items()):
            yield f"{key} {operator} {', '.join(str(v) for v in listed(value))}"
