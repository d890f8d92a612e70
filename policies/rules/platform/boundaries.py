"""What must hold of a permissions boundary that an organisation brings: the platform relies on what it refuses."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from policies.analysis.iam.statements import Statement, statements
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

ADOPTED: Final = "slipway:identity:AdoptedBoundary"
_NEVER: Final[Mapping[str, tuple[str, ...]]] = {
    "a role of the platform may widen or lift a boundary": (
        "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary", "iam:SetDefaultPolicyVersion",
    ),
    "a role of the platform may give roles more": (
        "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
    ),
    "a role of the platform may make credentials that do not end": (
        "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser",
    ),
    "a role of the platform may end the record of what it does": (
        "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
    ),
    "a role of the platform may take keys away": (
        "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
    ),
    "a role of the platform may undo the lock on models and logs": (
        "s3:BypassGovernanceRetention", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketPolicy", "s3:PutBucketVersioning",
    ),
}  # fmt: skip
"""What the platform's own boundary refuses (components/identity/permissions_boundary.py), and what follows without."""
_MAKES_ROLES: Final = "iam:CreateRole"
_KEY: Final = "iam:permissionsboundary"


def _widening(boundary: Resource, _graph: Graph) -> Iterable[Offence]:
    document = list(statements(at(boundary.inputs, "policy"), boundary.name))
    for follows, actions in _NEVER.items():
        left = [action for action in actions if _is_left(action, document)]
        if left:
            yield Offence(path="policy", problem=f"allows {', '.join(left)}: {follows}", value=left)
    yield from _roles_without_it(boundary, document)


def _is_left(action: str, document: list[Statement]) -> bool:
    """Whether something of an action is allowed, and nothing refuses all of it."""
    refused = any(_refuses_all(s) and s.takes(action) for s in document)
    return not refused and any(s.allows and s.takes(action) for s in document)


def _refuses_all(statement: Statement) -> bool:
    return not statement.allows and not statement.conditions and statement.is_on("*")


def _roles_without_it(boundary: Resource, document: list[Statement]) -> Iterator[Offence]:
    arn = text(at(boundary.inputs, "arn"), "arn")
    if _is_left(_MAKES_ROLES, document) and not _asks_for(arn, document):
        yield Offence(
            path="policy",
            problem=f"allows {_MAKES_ROLES} without a condition on iam:PermissionsBoundary: roles may go without it",
            value=[_MAKES_ROLES],
            expected=f"StringNotEquals {arn} in a Deny",
        )


def _asks_for(arn: str, document: list[Statement]) -> bool:
    """Whether roles may be made with this boundary only: by a refusal of others, or by what each permission asks."""
    makes = [s for s in document if s.takes(_MAKES_ROLES)]
    return any(not s.allows and _is_about(s, arn, "stringnotequals") for s in makes) or all(
        _is_about(s, arn, "stringequals") for s in makes if s.allows
    )


def _is_about(statement: Statement, arn: str, operator: str) -> bool:
    return any(
        c.key == _KEY and c.operator == operator and set(c.values) == {arn} for c in statement.conditions
    )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="adopted-boundaries-refuse-what-ours-does",
        severity="high",
        applies_to=(ADOPTED,),
        why="A boundary is what is left when a policy grants too much; one that can be widened holds nobody.",
        fix="Let the organisation's boundary refuse it (Effect: Deny, Resource: *), or waive what it holds elsewhere.",
        check=_widening,
    ),
)
