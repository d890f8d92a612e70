"""What must hold for identities as they are in the end: none of them can make itself more than it is."""

from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from facts.escalation import Escalation, escalation_paths
from policies.iam.conditions import required_keys
from policies.iam.effective import Grant, grants
from policies.iam.identities import ROLE, Identity, identities
from policies.iam.patterns import covers
from policies.reading import UndecidedError
from policies.record import Graph, Resource
from policies.rule import Rule

_SAYS_WHICH: Final = ("resourcetag/", "requesttag/", "iam:permissionsboundary", "iam:policyarn")
"""Condition keys that leave only some targets, or only what a boundary holds."""
_known: WeakKeyDictionary[Graph, dict[str, Identity]] = WeakKeyDictionary()


def _identity(holder: Resource, graph: Graph) -> Identity:
    if graph not in _known:
        _known[graph] = {i.holder.urn: i for i in identities(graph) if i.holder is not None}
    return _known[graph][holder.urn]


def _escalates(holder: Resource, graph: Graph) -> Iterable[str]:
    identity = _identity(holder, graph)
    for path in escalation_paths().values():
        first, *others = path.actions
        if _reaches_any(identity, first, path) and all(grants(identity, action) for action in others):
            yield f"{' and '.join(path.actions)}: {path.means}"
    if identity.missing:
        raise UndecidedError(identity.missing[0])


def _reaches_any(identity: Identity, action: str, path: Escalation) -> bool:
    return any(_is_wide(grant, path.reaches) for grant in grants(identity, action))


def _is_wide(grant: Grant, kind_of: str) -> bool:
    """Whether a grant reaches everything of a kind in an account, under no condition that picks some of it."""
    kind = kind_of.rpartition(":")[2]
    reached = any(
        covers(grant.resource, f"arn:{partition}:iam::{account}:{kind}")
        for partition in ("aws", "aws-cn", "aws-us-gov", "*")
        for account in (_account(grant.resource), "*")
    )
    required = required_keys(grant.conditions)
    picked = [c for c in grant.conditions if c.pins(required) and any(k in c.key for k in _SAYS_WHICH)]
    return reached and not picked


def _account(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else "*"  # noqa: PLR2004 arn, partition, service, region, account, resource


RULES: tuple[Rule, ...] = (
    Rule(
        id="identities-cannot-escalate",
        applies_to=(ROLE, "aws:iam/user:User", "aws:iam/group:Group"),
        why="Who can give itself permissions, or borrow any role, has all that the account can do.",
        fix="Drop the action, name the roles or policies it is for, or demand a boundary by iam:PermissionsBoundary.",
        check=_escalates,
        reads_graph=True,
    ),
)
