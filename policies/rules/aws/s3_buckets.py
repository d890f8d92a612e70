"""What must hold for a bucket: private, encrypted, spoken to over TLS, versioned, logged, hard to delete."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.iam.statements import Statement, statements
from policies.analysis.storage.bucket_parts import (
    ACCOUNT_BLOCK,
    BLOCKS,
    BUCKETS,
    first,
    is_versioned,
    opened_by_list,
    parts,
    policies_of,
    takes_logs,
)
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, sequence, text

_BLOCK: Final = "publicAccessBlockConfiguration"
"""Where CloudFormation writes the block into the bucket."""
_DEFAULT: Final = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault"
_EQUAL: Final = frozenset({"bool", "stringequals"})


def _public(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    blocks = [
        *parts(graph, bucket, "bucketPublicAccessBlock"),
        *(first(inline, _BLOCK) for inline in [at(bucket.inputs, _BLOCK)] if inline is not None),
        *(block.inputs for block in graph.of_type(ACCOUNT_BLOCK)),
    ]
    if not blocks:
        yield Offence(
            path=_BLOCK,
            problem="is not declared: the block that S3 sets on new buckets can be switched off unseen",
        )
        return
    for name in BLOCKS:
        # Within a declared block, what is not set is off.
        if not any(flag(at(block, name), name) for block in blocks):
            yield Offence(path=f"{_BLOCK}.{name}", problem="is off", value=at(blocks[0], name))


def _owned_by_others(bucket: Resource, graph: Graph, *, wants_no_lists: bool = False) -> Iterable[Offence]:
    for said in (bucket.inputs, *parts(graph, bucket, "bucketAcl")):
        yield from opened_by_list(said)
    if not wants_no_lists:
        return  # deliverers of logs need lists, which open nothing by themselves
    # Undeclared, S3 makes new buckets BucketOwnerEnforced.
    for controls in parts(graph, bucket, "bucketOwnershipControls"):
        ownership = text(first(at(controls, "rule"), "rule").get("objectOwnership"), "rule.objectOwnership")
        if ownership != "BucketOwnerEnforced":
            yield Offence(
                path="ownershipControls.rule.objectOwnership",
                problem=f"{ownership}: access lists may open single objects",
                value=ownership,
            )


def _defaults(bucket: Resource, graph: Graph) -> Iterator[Mapping[str, Any]]:
    """The default encryption, written apart or in the bucket."""
    for part in parts(graph, bucket, "bucketServerSideEncryptionConfiguration"):
        yield from (first(rule, "rules") for rule in sequence(at(part, "rules"), "rules"))
    inline = at(bucket.inputs, "serverSideEncryptionConfiguration")
    if inline is not None:
        yield first(at(first(inline, "serverSideEncryptionConfiguration"), "rule"), "rule")


def _not_our_key(bucket: Resource, graph: Graph, *, wants_own_key: bool = False) -> Iterable[Offence]:
    algorithms = []
    for rule in _defaults(bucket, graph):
        default = first(
            at(rule, "applyServerSideEncryptionByDefault"), "rules.applyServerSideEncryptionByDefault"
        )
        algorithm = text(at(default, "sseAlgorithm"), "sseAlgorithm") or "AES256"
        key = text(at(default, "kmsMasterKeyId"), "kmsMasterKeyId")
        if wants_own_key and algorithm.startswith("aws:kms") and (not key or key.endswith("alias/aws/s3")):
            yield Offence(
                path=f"{_DEFAULT}.kmsMasterKeyId",
                problem="is under aws/s3, a key whose policy nobody can change",
                value=key or None,
            )
        algorithms.append(algorithm)
    # S3 encrypts everything; undeclared, with keys of its own. Others may have chosen those.
    if (not algorithms or (wants_own_key and "AES256" in algorithms)) and not takes_logs(graph, bucket):
        yield Offence(
            path=f"{_DEFAULT}.sseAlgorithm",
            problem="is under keys of S3: nobody here can revoke them or see their use",
            value=next(iter(algorithms), None),
        )


def _plain_transport(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    for document in policies_of(graph, bucket):
        if any(_refuses_plain(statement) for statement in statements(document)):
            return
    yield Offence(path="policy", problem="no policy refuses plain HTTP")


def _refuses_plain(statement: Statement) -> bool:
    # A second test in the same statement would narrow the refusal.
    is_refusal = not statement.allows and statement.is_for_everyone and not statement.spares_principals
    if not (is_refusal and statement.takes("s3:*") and len(statement.conditions) == 1):
        return False
    [test] = statement.conditions
    is_of_objects = statement.is_on("arn:aws:s3:::*") or any(r.endswith("*") for r in statement.resources)
    is_of_plain = test.operator in _EQUAL and test.key == "aws:securetransport"
    return is_of_objects and is_of_plain and [v.lower() for v in test.values] == ["false"]


def _unversioned(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_versioned(graph, bucket):
        yield Offence(path="versioning", problem="is off: overwrites and deletions cannot be taken back")


def _unlogged(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    targets = [
        text(at(part, "targetBucket"), "targetBucket") for part in parts(graph, bucket, "bucketLogging")
    ]
    inline = first(at(bucket.inputs, "loggings"), "loggings")
    if not any(targets) and not at(inline, "targetBucket") and not takes_logs(graph, bucket):
        yield Offence(path="logging.targetBucket", problem="is not set: no server access log")


RULES: tuple[Rule, ...] = (
    Rule(
        id="buckets-block-public-access",
        severity="critical",
        applies_to=BUCKETS,
        why="One careless policy or access list away from the internet is too near.",
        fix="Declare an aws.s3.BucketPublicAccessBlock with all four switches on.",
        check=_public,
        reads_graph=True,
        same_as=("CKV2_AWS_6",),
    ),
    Rule(
        id="buckets-have-no-access-lists",
        severity="high",
        applies_to=BUCKETS,
        why="Access lists of single objects escape the bucket's policy, and every review of it.",
        fix="Set object_ownership to BucketOwnerEnforced and drop the acl.",
        check=_owned_by_others,
        on_platform=Variant(
            "Access lists are switched off: BucketOwnerEnforced.",
            partial(_owned_by_others, wants_no_lists=True),
        ),
        reads_graph=True,
    ),
    Rule(
        id="buckets-use-cmk",
        severity="medium",
        aliases=("buckets-are-under-our-key",),
        applies_to=BUCKETS,
        why="A key of our own can be closed in an incident, and each use of it is on record.",
        fix="Set aws:kms with a key in an aws.s3.BucketServerSideEncryptionConfiguration; logs cannot have it.",
        check=_not_our_key,
        on_platform=Variant(
            "The key is one of the stack's: neither AES256 nor aws/s3.",
            partial(_not_our_key, wants_own_key=True),
        ),
        reads_graph=True,
        same_as=("CKV_AWS_145",),
    ),
    Rule(
        id="buckets-refuse-plain-transport",
        severity="medium",
        applies_to=BUCKETS,
        why="S3 answers over plain HTTP unless the bucket's policy refuses.",
        fix="Deny s3:* to everybody where aws:SecureTransport is false.",
        check=_plain_transport,
        reads_graph=True,
    ),
    Rule(
        id="buckets-keep-versions",
        severity="medium",
        applies_to=BUCKETS,
        why="Without versions an overwritten model or log is gone.",
        fix="Declare an aws.s3.BucketVersioning with status Enabled; a lifecycle rule bounds what it costs.",
        check=_unversioned,
        reads_graph=True,
        same_as=("CKV_AWS_21",),
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="buckets-log-access",
        severity="low",
        applies_to=BUCKETS,
        why="After a leak somebody asks who read what.",
        fix="Declare an aws.s3.BucketLogging to a bucket for logs.",
        check=_unlogged,
        reads_graph=True,
        same_as=("CKV_AWS_18",),
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    "aws:s3/bucketLogging:BucketLogging": "judged by buckets-log-access on its bucket",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "judged by buckets-have-no-access-lists",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "judged by buckets-use-cmk"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "judged by buckets-keep-versions",
}
