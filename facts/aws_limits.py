"""Lengths that AWS refuses to exceed, by resource type and property.

Sources: IAM user guide, "IAM and AWS STS quotas" (role, policy, trust and inline policy sizes); S3 user guide, "General
purpose bucket naming rules" and "Bucket policies"; CreateCluster (EKS), CreateQueue (SQS), CreateAlias and
PutKeyPolicy (KMS), CreateLogGroup (CloudWatch Logs) and PutRule (EventBridge) in their API references. Written down
from memory of these pages and not compared with them again (2026-11-29); the length of a trust policy is a quota that
an account may raise to 8,192.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "aws_limits.yaml"


class Limit(Strict):
    """The most characters of a property; of a policy document, white space is not counted."""

    most: int
    policy: bool = False


@cache
def aws_limits() -> Mapping[str, Mapping[str, Limit]]:
    """By resource type, then by property."""
    raw = load(_FILE.read_text(encoding="utf-8"), _FILE.name)
    return {
        kind: {name: Limit.model_validate(row) for name, row in rows.items()} for kind, rows in raw.items()
    }
