"""What identities and documents of the platform may do, held against what is agreed on in ``facts/grants``."""

from collections.abc import Iterable
from functools import cache, partial
from typing import Final

from facts.declared_grants import Declared, Grant, declared_for, declared_managed_policies
from facts.deploy_actions import deploy_actions
from policies.analysis.iam.conditions import Condition
from policies.analysis.iam.patterns import covers, covers_action
from policies.analysis.iam.statements import Statement, statements
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

_DOCUMENT: Final = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
}
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_OURS: Final = "slipway:"
_POLICY: Final = "aws:iam/policy:Policy"
_BOUNDARY_KEY: Final = "iam:permissionsboundary"
_GIVES: Final = frozenset({
    "iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
})  # fmt: skip
_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")


def component_of(resource: Resource) -> str:
    """The type of the platform's component that made a resource; empty for what others made."""
    parent = resource.parent.split("::")[2:3]
    type_ = parent[0].rpartition("$")[2] if parent else ""
    return type_ if type_.startswith(_OURS) else ""


def _surplus(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    component = component_of(resource)
    prop = _DOCUMENT[resource.type]
    if not component or at(resource.inputs, prop) is None:
        return
    declared = declared_for(resource.name)
    if declared is None or declared.of != component:
        yield Offence(path=prop, problem=f"facts/grants declares nothing for {resource.name} of {component}")
        return
    found = statements(at(resource.inputs, prop), prop)
    held = _not_derived if declared.derived else partial(_more, declared=declared)
    yield from every(partial(held, statement) for statement in found)


def _not_derived(statement: Statement) -> Iterable[Offence]:
    """What no type of ours takes, and what would give a role permissions without its boundary."""
    if not statement.allows:
        return
    if statement.not_actions is not None or statement.not_resources is not None:
        yield _leaves_out(statement)
        return
    known = _deploying()
    for action in statement.actions:
        if action not in known:
            yield Offence(
                path=statement.place("Action", action),
                problem=f"{action} is no action of facts/deploy_actions.yaml",
                value=action,
            )
        if action in _GIVES and not any(c.key == _BOUNDARY_KEY for c in statement.pinned()):
            yield Offence(
                path=statement.place("Condition"), problem=f"{action} without a condition on {_BOUNDARY_KEY}"
            )


def _leaves_out(statement: Statement) -> Offence:
    part = next(
        (
            part
            for part, said in (("NotAction", statement.not_actions), ("NotResource", statement.not_resources))
            if said is not None
        ),
        "NotPrincipal",
    )
    return Offence(path=statement.place(part), problem="names what it leaves out, not what it grants")


@cache
def _deploying() -> frozenset[str]:
    """What making the types of ours takes; roles are passed with it, and services make their own."""
    rows = deploy_actions().values()
    return frozenset(action for row in rows for action in row.every()) | {
        "iam:CreateServiceLinkedRole",
        "iam:PassRole",
    }


def _more(statement: Statement, declared: Declared) -> Iterable[Offence]:
    if not statement.allows:
        return
    if (
        statement.not_actions is not None
        or statement.not_resources is not None
        or statement.spares_principals
    ):
        yield _leaves_out(statement)
        return
    grants = [grant for grant in declared.allows.values() if _is_held(grant, statement)]
    for who in _principals(statement) or ("",):
        for action in statement.actions:
            for resource in statement.resources or ("",):
                if not any(_is_within(grant, who, action, resource) for grant in grants):
                    parts = [action, resource and f"on {resource}", who and f"by {who}"]
                    yield Offence(
                        path=statement.place("Action", action),
                        problem=f"{' '.join(part for part in parts if part)} is more than is declared",
                        value=action,
                    )


def _is_within(grant: Grant, who: str, action: str, resource: str) -> bool:
    return (
        any(covers_action(pattern, action) for pattern in grant.actions)
        and (not resource or any(covers(pattern, resource) for pattern in grant.resources))
        and (not who or any(covers(pattern, who) for pattern in grant.principals))
    )


def _principals(statement: Statement) -> list[str]:
    return [f"{kind} {who}" for kind in _KINDS for who in statement.principals(kind)]


def _label(condition: Condition) -> str:
    quantifier = f"{condition.quantifier}:" if condition.quantifier else ""
    return f"{quantifier}{condition.operator}{'ifexists' if condition.if_exists else ''} {condition.key}"


def _is_held(grant: Grant, statement: Statement) -> bool:
    """Whether a statement holds requests to every condition of a grant."""
    return all(
        any(
            covers(label.lower(), _label(condition))
            and all(any(covers(pattern, value) for pattern in patterns) for value in condition.values)
            for condition in statement.conditions
        )
        for label, patterns in grant.conditions.items()
    )


def _lost(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    declared = declared_for(resource.name)
    prop = _DOCUMENT[resource.type]
    if declared is None or declared.of != component_of(resource):
        return
    denials = [s for s in statements(at(resource.inputs, prop), prop) if not s.allows]
    for name, denial in declared.denies.items():
        for action in denial.actions:
            for what in denial.resources:
                if not any(_still_denies(s, denial, action, what) for s in denials):
                    yield Offence(path=prop, problem=f"{name} no longer denies {action} on {what}")


def _still_denies(statement: Statement, denial: Grant, action: str, resource: str) -> bool:
    """Whether as much is denied: the same or more actions and resources, to the same, under no further condition."""
    return (
        statement.takes(action)
        and any(found == "*" or covers(resource, found) for found in statement.resources)
        and set(denial.principals) <= set(_principals(statement))
        and {_label(c) for c in statement.conditions} == {label.lower() for label in denial.conditions}
        and _is_held(denial, statement)
    )


def _undeclared(attachment: Resource, graph: Graph) -> Iterable[Offence]:
    component = component_of(attachment)
    above = (graph.by_urn.get(urn) for urn in attachment.property_dependencies.get("policyArn", ()))
    if not component or any(r is not None and r.type == _POLICY for r in above):
        return  # a document of ours is held against what is declared for it
    arn = text(at(attachment.inputs, "policyArn"), "policyArn")
    name = arn.rpartition("/")[2]
    if name not in declared_managed_policies().get(component, ()):
        yield Offence(path="policyArn", problem=f"{name} is not declared for roles of {component}", value=arn)


RULES: tuple[Rule, ...] = (
    Rule(
        id="grants-are-declared",
        severity="low",
        applies_to=tuple(_DOCUMENT),
        why="What an identity of the platform may do is agreed on in one place; a wider document is a decision.",
        fix="Narrow the document, or add the grant to facts/grants, where security reviewers see it.",
        check=_surplus,
    ),
    Rule(
        id="required-deny-statements-present",
        severity="medium",
        aliases=("denials-are-kept",),
        applies_to=tuple(_DOCUMENT),
        why="A denial holds whatever anybody allows later; nobody misses it until it is needed.",
        fix="Put the statement back, or take it out of facts/grants, where security reviewers see it.",
        check=_lost,
    ),
    Rule(
        id="managed-policies-are-declared",
        severity="low",
        applies_to=(_ATTACHMENT,),
        why="A policy of AWS's own grants whatever AWS makes of it, to everything in the account.",
        fix="Write the permissions that are needed, or add the name to facts/grants/managed.yaml.",
        check=_undeclared,
    ),
)
