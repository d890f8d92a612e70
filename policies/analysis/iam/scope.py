"""How far a statement reaches: whether it names what its actions are for."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from facts.iam_actions import (
    CONTROLLERS_ACTIONS,
    KEPT_ACTIONS,
    METADATA_ACTIONS,
    UNSCOPED_ACTIONS,
    unscoped_actions,
)
from policies.analysis.iam.conditions import Condition
from policies.analysis.iam.patterns import covers_action
from policies.analysis.iam.statements import Statement
from policies.engine.rule import Offence

_OF_A_KIND: Final = re.compile(
    r"(?:backup-vault|cluster|db|dbuser|detector|function|instance|key|log-group|parameter|recovery-point|secret|stream"
    r"|table|trail|vpc-flow-log)(?:[:/][*?:/]*|[*?]+)"
)
_LISTS_OBJECTS: Final = ("s3:ListBucket", "s3:ListBucketVersions")
_TAGS: Final = ("resourcetag/", "requesttag/")
_SAYS_NOT_WHAT: Final = (
    "aws:calledvia",
    "aws:currenttime",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauth",
    "aws:principal",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:source",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:user",
    "aws:viaawsservice",
    "ec2:region",
    "kms:encryptionalgorithm",
    "s3:authtype",
    "s3:signature",
    "s3:tlsversion",
    "s3:x-amz-",
    "secretsmanager:version",
    "sts:externalid",
)
"""Condition keys that say who, when, where or how: they leave every resource of an account within reach."""


def wide_resources(statement: Statement) -> Iterable[Offence]:
    """What a permission does to things that it does not name, though it could."""
    if not statement.allows or any(_says_what(c, statement) for c in statement.conditions):
        return
    everything = [r for r in statement.resources if _reaches_all(r)]
    if statement.not_resources is not None:
        everything.append("NotResource")
    kinds = [*everything, *(r for r in statement.resources if _is_a_whole_kind(r))]
    for action in sorted(statement.actions):
        if everything and not _needs_no_resource(action):
            yield _on(statement, action, everything[0])
        elif kinds and _is_kept(action):
            yield _on(statement, action, kinds[0])


def _on(statement: Statement, action: str, resource: str) -> Offence:
    return Offence(path=statement.place("Action", action), problem=f"{action} on {resource}", value=action)


def _reaches_all(resource: str) -> bool:
    """``*``, or an ARN that names nothing within its service (``arn:aws:s3:::*``)."""
    parts = resource.split(":", 5)
    return len(parts) < 6 or not parts[5].strip("*?:/")  # noqa: PLR2004 arn, partition, service, region, account


def _is_a_whole_kind(resource: str) -> bool:
    """An ARN that says which kind of thing it is for, and none of them (``secret:*``)."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] == "s3":  # noqa: PLR2004 as above; what S3 names first is a bucket
        return False
    return _OF_A_KIND.fullmatch(parts[5]) is not None


@lru_cache(maxsize=16384)
def _needs_no_resource(action: str) -> bool:
    """Whether ``*`` says no more of an action than AWS lets it say, or than what it is for needs."""
    if _is_kept(action) or any(covers_action(action, listing) for listing in _LISTS_OBJECTS):
        return False
    patterns = (*UNSCOPED_ACTIONS, *METADATA_ACTIONS, *CONTROLLERS_ACTIONS)
    return action.lower() in unscoped_actions() or any(covers_action(p, action) for p in patterns)


@lru_cache(maxsize=16384)
def _is_kept(action: str) -> bool:
    return any(covers_action(action, kept) for kept in KEPT_ACTIONS)


def _says_what(condition: Condition, statement: Statement) -> bool:
    """Whether a condition leaves only some resources: it wants a value of theirs, or a tag they all must have."""
    if condition.key.startswith(_SAYS_NOT_WHAT):
        return False
    is_tag = any(kind in condition.key for kind in _TAGS)
    return condition.pins(statement.required) or (is_tag and condition.key in statement.required)
