"""What must hold for permissions: actions and resources are named, roles are bounded, nobody lives for ever."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from facts.managed_policies import BROAD_POLICIES, MANAGED_POLICIES
from policies.analysis.iam.boundaries import boundary_of, is_boundary
from policies.analysis.iam.identities import POLICY, ROLE
from policies.analysis.iam.scope import wide_resources
from policies.analysis.iam.statements import Statement, each, statements
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.neighbours import is_made_elsewhere
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, known, listed, mapping, number, text

ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USER: Final = "aws:iam/user:User"
GROUP: Final = "aws:iam/group:Group"
ACCESS_KEY: Final = "aws:iam/accessKey:AccessKey"
_DOCUMENTS: Final = (
    POLICY,
    ROLE_POLICY,
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iot/policy:Policy",
    *(ROLE, USER, GROUP),
)
_ATTACHMENTS: Final = (
    *(ATTACHMENT, "aws:iam/userPolicyAttachment:UserPolicyAttachment"),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
)
PASSWORDS: Final = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
_CHARACTERS: Final = {
    "requireLowercaseCharacters": "lower-case letters",
    "requireNumbers": "numbers",
    "requireSymbols": "symbols",
    "requireUppercaseCharacters": "upper-case letters",
}
"""What AWS FSBP, IAM.7, asks of passwords besides their length; the length is that of CIS AWS 1.8 (read 2026-11)."""
_ARNS: Final = ("managedPolicyArns", "policyArns", "policyArn")
"""Where holders and attachments name policies."""
_FULL: Final = re.compile(r"FullAccess(?:_?[vV]\d)?")


def _permissions(holder: Resource, graph: Graph) -> Iterator[Statement]:
    """The statements of a policy, or of a holder's inline ones."""
    if holder.type in {ROLE, USER, GROUP}:
        for index, policy in enumerate(listed(at(holder.inputs, "inlinePolicies"), "inlinePolicies")):
            yield from statements(at(mapping(policy), "policy"), f"inlinePolicies[{index}].policy")
    elif not is_boundary(holder, graph):  # its wildcards are an upper bound of what roles are given
        yield from statements(at(holder.inputs, "policy"))


def _whole_services(holder: Resource, graph: Graph) -> Iterable[Offence]:
    return each(_permissions(holder, graph), _wide_actions)


def _wide_actions(statement: Statement) -> Iterable[Offence]:
    if not statement.allows:
        return
    if statement.not_actions is not None:
        yield Offence(
            path=statement.place("NotAction"),
            problem="allows whatever AWS invents next",
            value=list(statement.not_actions),
        )
    for action in statement.actions:
        service, _, verb = action.partition(":")
        if not service.strip("*?"):
            yield Offence(
                path=statement.place("Action", action), problem=f"{action} allows everything", value=action
            )
        elif not verb.strip("*?"):
            yield Offence(
                path=statement.place("Action", action),
                problem=f"{action} allows a whole service",
                value=action,
            )


def _unscoped(holder: Resource, graph: Graph) -> Iterable[Offence]:
    return each(_permissions(holder, graph), wide_resources)


def _unbounded(role: Resource, _graph: Graph) -> Iterable[Offence]:
    if not text(at(role.inputs, "permissionsBoundary"), "permissionsBoundary"):
        yield Offence(path="permissionsBoundary", problem="is not set")


def _administers(attachment: Resource, _graph: Graph) -> Iterable[Offence]:
    where = next((key for key in _ARNS if key in attachment.inputs), _ARNS[0])
    raw = attachment.inputs.get(where)
    is_ours = bool(attachment.property_dependencies.get(where))
    is_list = isinstance(raw, list | tuple)
    for index, arn in enumerate(raw if isinstance(raw, list | tuple) else [raw]):
        if arn is UNKNOWN and is_ours:  # a policy that another resource makes is none of AWS's
            continue
        name = text(arn, where).rpartition("/")[2]
        if ":aws:policy/" in text(arn) and (name in BROAD_POLICIES or _FULL.search(name)):
            place = f"{where}[{index}]" if is_list else where
            yield Offence(path=place, problem=f"{name} is attached", value=arn)


def _lasting(identity: Resource, _graph: Graph, *, has_no_users: bool = False) -> Iterable[Offence]:
    """A user without a key or a password is a name only; this platform has none."""
    if identity.type == USER and not has_no_users:
        return
    if identity.type != ACCESS_KEY:
        name = text(known(identity.inputs.get("name")) if identity.type == USER else None)
        yield Offence(
            path="name" if name else "",
            problem="a user's credentials last until somebody remembers them",
            value=name or None,
        )
        return
    status = at(identity.inputs, "status")
    if (text(status, "status") or "Active") == "Active":
        yield Offence(path="status", problem="an access key works from anywhere, for ever", value=status)


def _weak_passwords(account: Resource, _graph: Graph) -> Iterable[Offence]:
    least = number(at(account.inputs, "minimumPasswordLength"), "minimumPasswordLength")
    if (least or 6) < 14:  # noqa: PLR2004 the sentence below names it; 6 is what IAM takes where nothing is said
        yield Offence(
            path="minimumPasswordLength",
            problem=f"passwords may be {least or 6:g} characters long",
            value=at(account.inputs, "minimumPasswordLength"),
            expected="14 is the least",
        )
    for key, what in _CHARACTERS.items():
        if not flag(at(account.inputs, key), key):
            yield Offence(path=key, problem=f"asks for no {what}", value=at(account.inputs, key))


def _refused_by_boundary(holder: Resource, graph: Graph) -> Iterable[Offence]:
    boundary = _boundary_of(holder, graph)
    if boundary is None:
        return
    document = list(statements(at(boundary.inputs, "policy"), boundary.name))
    upper = [statement for statement in document if statement.allows]
    # A refusal with a condition is for some requests only, which ones cannot be told from here.
    refusals = [statement for statement in document if not statement.allows and not statement.conditions]
    for action, place in sorted(_wanted(holder, graph).items()):
        if any(refusal.takes(action) for refusal in refusals):
            problem = f"{action} is refused by the boundary {boundary.name}"
        elif not any(statement.takes(action) for statement in upper):
            problem = f"{action} is outside the boundary {boundary.name}"
        else:
            continue
        yield Offence(path=place, problem=problem, value=action)


def _boundary_of(holder: Resource, graph: Graph) -> Resource | None:
    """The boundary of the role that a policy is attached to, where both are declared here."""
    if not is_made_elsewhere(holder, "role"):
        known(holder.inputs.get("role"), "role")
    names = [holder.inputs.get("role"), *holder.property_dependencies.get("role", ())]
    bounded = graph.once(_bounded_roles)
    return next((bounded[name] for name in names if isinstance(name, str) and name in bounded), None)


def _bounded_roles(graph: Graph) -> Mapping[str, Resource]:
    """Boundaries by whatever the roles they bound are called."""
    found: dict[str, Resource] = {}
    for role in graph.of_type(ROLE):
        boundary = boundary_of(role, graph)
        called = (
            role.urn,
            role.id,
            role.outputs.get("arn"),
            role.outputs.get("name"),
            role.inputs.get("name"),
        )
        if boundary is not None:
            found |= {name: boundary for name in called if isinstance(name, str) and name}
    return found


def _wanted(holder: Resource, graph: Graph) -> dict[str, str]:
    """The actions a policy or an attachment gives, each with its place; of an AWS policy nobody wrote down, none."""
    if holder.type == ATTACHMENT:
        if is_made_elsewhere(holder, "policyArn"):  # none of AWS's own
            return {}
        arn = text(at(holder.inputs, "policyArn"), "policyArn")
        known_here = MANAGED_POLICIES.get(arn.rpartition("/")[2], ()) if ":aws:policy/" in arn else ()
        return dict.fromkeys(known_here, "policyArn")
    allowed = [s for s in _permissions(holder, graph) if s.allows]
    return {a: s.place("Action", a) for s in reversed(allowed) for a in s.actions}


RULES: tuple[Rule, ...] = (
    Rule(
        id="permissions-name-their-actions",
        severity="high",
        applies_to=_DOCUMENTS,
        why="A wildcard grants what nobody reviewed, today's actions and those AWS adds tomorrow.",
        fix="List the actions; a prefix such as Describe* is fine where all of them are.",
        check=_whole_services,
        reads_graph=True,
        same_as=("CKV_AWS_63",),
    ),
    Rule(
        id="permissions-name-their-resources",
        severity="high",
        applies_to=_DOCUMENTS,
        why="On * one stolen credential reaches everything of that kind in the account.",
        fix="Name ARNs, or add a condition on a resource's tag or alias; only some actions know no resource.",
        check=_unscoped,
        reads_graph=True,
        same_as=("CKV_AWS_355",),
    ),
    Rule(
        id="permissions-lie-within-the-boundary",
        severity="critical",
        applies_to=(ROLE_POLICY, ATTACHMENT),
        why="What the boundary does not allow is refused at run time, far from the line that asked for it.",
        fix="Add the action to components/identity/permissions_boundary.py, or drop it from the role.",
        check=_refused_by_boundary,
        reads_graph=True,
    ),
    Rule(
        id="roles-do-not-administer",
        severity="critical",
        applies_to=(*_ATTACHMENTS, ROLE, USER, GROUP),
        why="AWS's own broad policies turn any hole in a workload into a hole in the account.",
        fix="Write the statements the role needs.",
        check=_administers,
        same_as=("CKV_AWS_274",),
    ),
    Rule(
        id="credentials-expire",
        severity="medium",
        applies_to=(USER, ACCESS_KEY, "aws:iam/userLoginProfile:UserLoginProfile"),
        why="Long-lived credentials leak, and work for whoever finds them.",
        fix="Use a role: EKS Pod Identity for pods, federation for people and pipelines.",
        check=_lasting,
        on_platform=Variant("No users: people take on roles.", partial(_lasting, has_no_users=True)),
    ),
    Rule(
        id="passwords-are-strong",
        severity="medium",
        applies_to=(PASSWORDS,),
        why="A short password is guessed, and opens the console from anywhere.",
        fix="Set minimum_password_length to 14 or more, and ask for all four kinds of characters.",
        check=_weak_passwords,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="roles-have-a-boundary",
        severity="high",
        applies_to=(ROLE,),
        why="A boundary holds when a later policy grants too much.",
        fix="Set permissions_boundary; the platform's own is Names.boundary_arn.",
        check=_unbounded,
    ),
)
