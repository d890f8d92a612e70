"""What must hold for permissions: actions and resources are named, roles are bounded, nobody lives for ever."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from facts.iam_actions import UNSCOPED_ACTIONS
from policies.iam_documents import actions, allows, conditions, covers, resources, statements
from policies.reading import at, known, listed, mapping, text
from policies.record import Graph, Resource
from policies.rule import Rule

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
USER: Final = "aws:iam/user:User"
ACCESS_KEY: Final = "aws:iam/accessKey:AccessKey"
_DOCUMENTS: Final = (
    POLICY,
    ROLE_POLICY,
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    ROLE,
)
_ATTACHMENTS: Final = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
_ADMINISTRATION: Final = frozenset({"AdministratorAccess", "PowerUserAccess", "SystemAdministrator"})
_SAYS_WHERE_NOT_WHAT: Final = ("aws:requestedregion", "aws:securetransport", "aws:multifactorauthpresent")
"""Condition keys that leave every resource of an account within reach."""


def _is_boundary(policy: Resource, graph: Graph) -> bool:
    """A boundary grants nothing: its wildcards are an upper bound of what roles are given."""
    if policy.type != POLICY:
        return False
    name = text(at(policy.inputs, "name"), "name")
    for role in graph.of_type(ROLE):
        if policy.urn in role.property_dependencies.get("permissionsBoundary", ()):
            return True
        arn = role.inputs.get("permissionsBoundary")
        if name and isinstance(arn, str) and arn.rpartition("/")[2] == name:
            return True
    return False


def _permissions(holder: Resource, graph: Graph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What a policy, or a role's inline ones, allow."""
    documents: list[Any] = []
    if holder.type == ROLE:
        inline = listed(at(holder.inputs, "inlinePolicies"), "inlinePolicies")
        documents.extend(at(mapping(policy), "policy") for policy in inline)
    elif not _is_boundary(holder, graph):
        documents.append(at(holder.inputs, "policy"))
    for value in documents:
        yield from ((name, body) for name, body in statements(value) if allows(body))


def _whole_services(holder: Resource, graph: Graph) -> Iterable[str]:
    for name, statement in _permissions(holder, graph):
        if at(statement, "NotAction") is not None:
            yield f"{name}: NotAction allows whatever AWS invents next"
        for action in actions(statement):
            if action in {"*", "*:*"}:
                yield f"{name}: {action} allows everything"
            elif action.endswith(":*"):
                yield f"{name}: {action} allows a whole service"


def _reaches_all(resource: str) -> bool:
    """``*``, or an ARN that names nothing below its service (``arn:aws:s3:::*``)."""
    if not resource.startswith("arn:"):
        return resource == "*"
    return not resource.split(":", 3)[-1].strip("*:/")


def _unscoped(holder: Resource, graph: Graph) -> Iterable[str]:
    for name, statement in _permissions(holder, graph):
        wide = [r for r in resources(statement) if _reaches_all(r)]
        if at(statement, "NotResource") is not None:
            wide.append("NotResource")
        if not wide or any(not key.startswith(_SAYS_WHERE_NOT_WHAT) for _, key, _ in conditions(statement)):
            continue
        scopable = [a for a in actions(statement) if not any(covers(p, a) for p in UNSCOPED_ACTIONS)]
        yield from (f"{name}: {action} on {wide[0]}" for action in sorted(scopable))


def _unbounded(role: Resource, _graph: Graph) -> Iterable[str]:
    if not text(at(role.inputs, "permissionsBoundary"), "permissionsBoundary"):
        yield "no permissions boundary"


def _administers(attachment: Resource, _graph: Graph) -> Iterable[str]:
    managed = (
        listed(at(attachment.inputs, "managedPolicyArns"), "managedPolicyArns")
        if attachment.type == ROLE
        else [known(at(attachment.inputs, "policyArn"), "policyArn")]
    )
    for arn in managed:
        name = text(arn, "policyArn").rpartition("/")[2]
        if ":aws:policy/" in text(arn) and (name in _ADMINISTRATION or name.endswith("FullAccess")):
            yield f"attaches {name}"


def _lasting(identity: Resource, _graph: Graph) -> Iterable[str]:
    if identity.type != ACCESS_KEY:
        known(identity.inputs.get("name"), "name")
        yield "a user's credentials last until somebody remembers them"
    elif (text(at(identity.inputs, "status"), "status") or "Active") == "Active":
        yield "an access key works from anywhere, for ever"


def _refused_by_boundary(holder: Resource, graph: Graph) -> Iterable[str]:
    role_name = text(at(holder.inputs, "role"), "role")
    role = next((r for r in graph.of_type(ROLE) if role_name and r.inputs.get("name") == role_name), None)
    if role is None:
        return
    arn = text(at(role.inputs, "permissionsBoundary"), "permissionsBoundary")
    boundary = next(
        (p for p in graph.of_type(POLICY) if arn and p.inputs.get("name") == arn.rpartition("/")[2]), None
    )
    if boundary is None:
        return
    upper = [statement for _, statement in statements(at(boundary.inputs, "policy")) if allows(statement)]
    if any(at(statement, "NotAction") is not None for statement in upper):
        return  # everything but a few: those are explicit refusals, which are easily seen
    granted = [pattern for statement in upper for pattern in actions(statement)]
    wanted = sorted({a for _, s in _permissions(holder, graph) for a in actions(s)})
    yield from (
        f"{action} is outside the boundary {boundary.name}"
        for action in wanted
        if not any(covers(pattern, action) for pattern in granted)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="permissions-name-their-actions",
        applies_to=_DOCUMENTS,
        why="A wildcard grants what nobody reviewed, today's actions and those AWS adds tomorrow.",
        fix="List the actions; a prefix such as Describe* is fine where all of them are.",
        check=_whole_services,
        reads_graph=True,
    ),
    Rule(
        id="permissions-name-their-resources",
        applies_to=_DOCUMENTS,
        why="On * one stolen credential reaches everything of that kind in the account.",
        fix="Name ARNs, or add a condition on a resource's tag or alias; only some actions know no resource.",
        check=_unscoped,
        reads_graph=True,
    ),
    Rule(
        id="roles-have-a-boundary",
        applies_to=(ROLE,),
        why="A boundary holds when a later policy grants too much.",
        fix="Set permissions_boundary; the platform's own is Names.boundary_arn.",
        check=_unbounded,
    ),
    Rule(
        id="permissions-lie-within-the-boundary",
        applies_to=(ROLE_POLICY,),
        why="What the boundary does not allow is refused at run time, far from the line that asked for it.",
        fix="Add the action to components/permissions_boundary.py, or drop it from the role.",
        check=_refused_by_boundary,
        reads_graph=True,
    ),
    Rule(
        id="roles-do-not-administer",
        applies_to=(*_ATTACHMENTS, ROLE),
        why="AWS's own broad policies turn any hole in a workload into a hole in the account.",
        fix="Write the statements the role needs.",
        check=_administers,
    ),
    Rule(
        id="credentials-expire",
        applies_to=(USER, ACCESS_KEY, "aws:iam/userLoginProfile:UserLoginProfile"),
        why="Long-lived credentials leak, and work for whoever finds them.",
        fix="Use a role: EKS Pod Identity for pods, federation for people and pipelines.",
        check=_lasting,
    ),
)
