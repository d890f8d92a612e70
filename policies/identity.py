"""What must hold for permissions: actions and resources are named, roles are bounded, nobody lives for ever."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from facts.iam_actions import UNSCOPED_ACTIONS
from facts.managed_policies import MANAGED_POLICIES
from policies.iam_documents import actions, allows, conditions, covers, resources, statements
from policies.reading import at, known, listed, mapping, text
from policies.record import Graph, Resource
from policies.rule import Rule

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
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
    ATTACHMENT,
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
_ADMINISTRATION: Final = frozenset({"AdministratorAccess", "PowerUserAccess", "SystemAdministrator"})
_SAYS_NOT_WHAT: Final = (
    "aws:calledvia",
    "aws:currenttime",
    "aws:multifactorauth",
    "aws:principal",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:source",
    "aws:useragent",
    "aws:viaawsservice",
)
"""Condition keys that say who, when, where or how: they leave every resource of an account within reach."""


def _is_boundary(policy: Resource, graph: Graph) -> bool:
    """A boundary grants nothing: its wildcards are an upper bound of what roles are given."""
    return policy.type == POLICY and any(_bounds(policy, role) for role in graph.of_type(ROLE))


def _bounds(policy: Resource, role: Resource) -> bool:
    if policy.urn in role.property_dependencies.get("permissionsBoundary", ()):
        return True
    arn, name = role.inputs.get("permissionsBoundary"), policy.inputs.get("name")
    return isinstance(arn, str) and isinstance(name, str) and arn.rpartition("/")[2] == name


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
            service, _, verb = action.partition(":")
            if not service.strip("*?"):
                yield f"{name}: {action} allows everything"
            elif not verb.strip("*?"):
                yield f"{name}: {action} allows a whole service"


def _reaches_all(resource: str) -> bool:
    """``*``, or an ARN that names nothing within its service (``arn:aws:s3:::*``)."""
    parts = resource.split(":", 5)
    return len(parts) < 6 or not parts[5].strip("*?:/")  # noqa: PLR2004 arn, partition, service, region, account


def _unscoped(holder: Resource, graph: Graph) -> Iterable[str]:
    for name, statement in _permissions(holder, graph):
        wide = [r for r in resources(statement) if _reaches_all(r)]
        if at(statement, "NotResource") is not None:
            wide.append("NotResource")
        if not wide or any(not key.startswith(_SAYS_NOT_WHAT) for _, key, _ in conditions(statement)):
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
        yield "a user's credentials last until somebody remembers them"
    elif (text(at(identity.inputs, "status"), "status") or "Active") == "Active":
        yield "an access key works from anywhere, for ever"


def _refused_by_boundary(holder: Resource, graph: Graph) -> Iterable[str]:
    boundary = _boundary_of(holder, graph)
    if boundary is None:
        return
    document = [statement for _, statement in statements(at(boundary.inputs, "policy"))]
    upper = [statement for statement in document if allows(statement)]
    is_most = any(at(statement, "NotAction") is not None for statement in upper)
    granted = [pattern for statement in upper for pattern in actions(statement)]
    # A refusal with a condition is for some requests only, which ones cannot be told from here.
    refused = [
        pattern
        for statement in document
        if not allows(statement) and not conditions(statement)
        for pattern in actions(statement)
    ]
    for action in sorted(_wanted(holder, graph)):
        if any(covers(pattern, action) for pattern in refused):
            yield f"{action} is refused by the boundary {boundary.name}"
        elif not is_most and not any(covers(pattern, action) for pattern in granted):
            yield f"{action} is outside the boundary {boundary.name}"


def _boundary_of(holder: Resource, graph: Graph) -> Resource | None:
    """The boundary of the role that a policy is attached to, where both are declared here."""
    known(holder.inputs.get("role"), "role")
    roles = [r for r in graph.of_type(ROLE) if holder in graph.referring(r, holder.type, "role")]
    return next((p for p in graph.of_type(POLICY) for role in roles if _bounds(p, role)), None)


def _wanted(holder: Resource, graph: Graph) -> set[str]:
    """The actions a policy or an attachment gives; of an AWS policy nobody wrote down, none."""
    if holder.type == ATTACHMENT:
        arn = text(at(holder.inputs, "policyArn"), "policyArn")
        return set(MANAGED_POLICIES.get(arn.rpartition("/")[2], ())) if ":aws:policy/" in arn else set()
    return {action for _, statement in _permissions(holder, graph) for action in actions(statement)}


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
        applies_to=(ROLE_POLICY, ATTACHMENT),
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
