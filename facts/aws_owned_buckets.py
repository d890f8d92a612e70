"""Buckets of others that a node must read, so that an endpoint for S3 can name them."""

from datetime import date
from functools import cache
from pathlib import Path

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "aws_owned_buckets.yaml"


class OwnedBucket(Strict):
    """One bucket, or one a region; ``why`` says what stops without it."""

    resource: str
    why: str
    registry: str = ""
    """The public registry whose layers lie there; empty for ECR's, which every node reads."""
    source: str
    read: date


@cache
def owned_buckets(region: str, *, public: bool = True) -> tuple[str, ...]:
    """The buckets' names in a region, sorted; those of public registries only where something is pulled from them."""
    raw = load(_FILE.read_text(encoding="utf-8"), _FILE.name)
    found = [OwnedBucket.model_validate(entry) for entry in raw.values()]
    return tuple(
        sorted(bucket.resource.replace("REGION", region) for bucket in found if public or not bucket.registry)
    )
