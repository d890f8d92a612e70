"""Policy documents that allow what is needed and nothing else, none longer than IAM takes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gate.deploy.needs import Condition, Need

LONGEST: Final = 6144
"""Characters of a managed policy, white space left out (IAM user guide, "IAM and AWS STS quotas", read 2026-11-28)."""
MOST: Final = 10
"""Managed policies a role may have before somebody asks AWS for more (the same page)."""
_SPARE: Final = 60
"""What a document is besides its statements."""

_ARN_PREFIX: Final = 5
"""``arn``, partition, service, region and account stand before what an ARN names."""
_KIND: Final = re.compile(r"[/:]")

Statement = Mapping[str, Any]


def documents(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """As few documents as the statements fit in, filled in order.

    Raises:
        ValueError: they are more than a role may have.
    """
    packed: list[list[Statement]] = []
    room = 0
    for number, statement in enumerate(_statements(needs), 1):
        named = {"Sid": _sid(statement, number), **statement}
        length = len(json.dumps(named, separators=(",", ":"))) + 1
        if length > room:
            packed.append([])
            room = LONGEST - _SPARE
        packed[-1].append(named)
        room -= length
    if len(packed) > MOST:
        raise ValueError(f"takes {len(packed)} managed policies; a role may have {MOST}")
    return [{"Version": "2012-10-17", "Statement": statements} for statements in packed]


def _statements(needs: Iterable[Need]) -> list[Statement]:
    """What has the same resource and conditions becomes one, then what has the same actions and conditions."""
    by_resource: dict[tuple[str, tuple[Condition, ...]], set[str]] = {}
    for need in needs:
        by_resource.setdefault((need.resource, need.conditions), set()).add(need.action)
    by_actions: dict[tuple[tuple[str, ...], tuple[Condition, ...]], set[str]] = {}
    for (resource, conditions), actions in by_resource.items():
        by_actions.setdefault((tuple(sorted(actions)), conditions), set()).add(resource)
    return [
        _rendered(actions, sorted(by_actions[actions, conditions]), conditions)
        for actions, conditions in sorted(by_actions)
    ]


def _rendered(actions: Sequence[str], resources: Sequence[str], conditions: Sequence[Condition]) -> Statement:
    found: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    said: dict[str, dict[str, Any]] = {}
    for operator, key, values in conditions:
        said.setdefault(operator, {})[key] = list(values) if len(values) > 1 else values[0]
    return {**found, **({"Condition": said} if said else {})}


def _sid(statement: Statement, number: int) -> str:
    """What its first resource is, in AWS's word, and its place: ids of statements are letters and digits, each once."""
    arn = statement["Resource"][0]
    if arn == "*":
        return f"Unscoped{number}"
    service, named = arn.split(":", _ARN_PREFIX)[2], arn.split(":", _ARN_PREFIX)[_ARN_PREFIX]
    kind, *rest = _KIND.split(named, maxsplit=1)
    is_kind = rest and service != "s3"  # a bucket, a queue and a topic are called by their name alone
    words = (service, *(kind.split("-") if is_kind else ()))
    return f"{''.join(word.capitalize() for word in words)}{number}"
