"""What must hold for identities as they are in the end: none of them can make itself more than it is."""

from collections.abc import Iterable, Mapping
from typing import Final

from policies.analysis.iam.boundaries import is_boundary
from policies.analysis.iam.escalation_paths import open_ways
from policies.analysis.iam.identities import POLICY, ROLE, Identity, identities
from policies.analysis.iam.statements import statements
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError

HOLDERS: Final = (ROLE, "aws:iam/user:User", "aws:iam/group:Group")
INLINE: Final = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
PERMISSION_SET: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
"""What people get who are assigned a permission set; its document is its own."""
_TEXT: Final = {POLICY: "policy", PERMISSION_SET: "inlinePolicy"}
DOCUMENT: Final = {**_TEXT, **dict.fromkeys(INLINE, "policy")}
"""Where a policy keeps its document; what a role may do in the end stands in no property of its own."""
_OF_ITS_OWN: Final = ("user/${aws:username}",)
"""What whoever will hold a policy is called in it."""


def _escalates(resource: Resource, graph: Graph) -> Iterable[Offence]:
    identity = graph.once(told_at).get(resource.urn)
    if identity is None:
        return
    path = DOCUMENT.get(resource.type, "")
    yield from (Offence(path=path, problem=way) for way in open_ways(identity))
    if identity.missing:
        raise UndecidedError(identity.missing[0])


def told_at(graph: Graph) -> Mapping[str, Identity]:
    """Each identity by the resource its findings are told at.

    That is the holder; where it is declared elsewhere, the first of its documents; and a policy that nothing here
    holds stands for whoever will hold it.
    """
    found: dict[str, Identity] = {}
    held: set[str] = set()
    for identity in identities(graph):
        held.update(identity.documents)
        place = identity.holder.urn if identity.holder else min(identity.documents, default="")
        found[place] = identity
    for policy in graph.of_type(*_TEXT):
        if policy.urn not in held and not _is_boundary(policy, graph):
            found[policy.urn] = _alone(policy)
    return found


def _is_boundary(policy: Resource, graph: Graph) -> bool:
    """Whether a policy grants nothing; one that only other stacks use says so by its name."""
    names = (policy.name, policy.inputs.get("name"))
    is_called_so = any("boundary" in name.lower() for name in names if isinstance(name, str))
    return is_called_so or is_boundary(policy, graph)


def _alone(policy: Resource) -> Identity:
    try:
        own, missing = tuple(statements(policy.inputs.get(_TEXT[policy.type]), policy.name)), ()
    except UndecidedError as error:
        return Identity(policy.name, ((),), policy, missing=(str(error),))
    return Identity(policy.name, (own,), policy, missing=missing, own=_OF_ITS_OWN)


RULES: tuple[Rule, ...] = (
    Rule(
        id="identities-cannot-escalate",
        severity="critical",
        applies_to=(*HOLDERS, *_TEXT, *INLINE),
        why="Who can give itself permissions, or borrow any role, has all that the account can do.",
        fix="Drop the action, name the roles or policies it is for, or demand a boundary by iam:PermissionsBoundary.",
        check=_escalates,
        reads_graph=True,
    ),
)
