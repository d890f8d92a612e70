"""A bucket's settings, wherever they are written: in resources of their own, or in the bucket itself."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.iam.statements import statements
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence
from policies.engine.values import at, flag, mapping, sequence, text

BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKETS: Final = (BUCKET, "aws:s3/bucketV2:BucketV2")
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
TRAIL: Final = "aws:cloudtrail/trail:Trail"
_LOGGING: Final = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
_STRANGERS: Final = ("/global/AllUsers", "/global/AuthenticatedUsers")
_LOG_SERVICES: Final = ("logging.s3.", "delivery.logs.", "logdelivery.", "cloudtrail.")


def parts(graph: Graph, bucket: Resource, kind: str) -> Iterator[Mapping[str, Any]]:
    """Inputs of the resources of a kind (``bucketVersioning``) that belong to a bucket; V2 was their older name."""
    class_ = kind[0].upper() + kind[1:]
    for type_ in (f"aws:s3/{kind}:{class_}", f"aws:s3/{kind}V2:{class_}V2"):
        for part in pointing_at(graph, bucket, type_, "bucket"):
            yield part.inputs


def first(value: Any, path: str) -> Mapping[str, Any]:
    """A block that the provider takes as one, or as a list of one."""
    if isinstance(value, (str, Mapping)) or value is None:
        return mapping(value, path)
    blocks = sequence(value, path)
    return mapping(blocks[0], path) if blocks else {}


def bucket_name(bucket: Resource) -> str:
    return text(at(bucket.inputs, "bucket"), "bucket")


def opened_by_list(said: Mapping[str, Any]) -> Iterator[Offence]:
    """What an access list opens to strangers: one by name, one written out, or the grants of a bucket."""
    acl = text(at(said, "acl"), "acl")
    if acl.startswith("public-") or acl == "authenticated-read":
        yield Offence(path="acl", problem=f"{acl} lets strangers in", value=acl)
    policy = first(at(said, "accessControlPolicy"), "accessControlPolicy")
    written = [first(at(g, "grantee"), "grantee") for g in sequence(at(policy, "grants"), "grants")]
    for place, grantee in (
        *((f"accessControlPolicy.grants[{i}].grantee.uri", one) for i, one in enumerate(written)),
        *((f"grants[{i}].uri", one) for i, one in enumerate(sequence(at(said, "grants"), "grants"))),
    ):
        uri = text(at(grantee, "uri"), "uri")
        if uri.endswith(_STRANGERS):
            yield Offence(path=place, problem=f"an access list lets {uri.rpartition('/')[2]} in", value=uri)


def holds(bucket: Resource, what: str) -> bool:
    """Whether a bucket says by its name that it holds models or payloads; by its logical one where S3 names it."""
    name = bucket_name(bucket) or bucket.name
    return re.search(rf"(^|[-._/]){what}s?([-._]|$)", name) is not None


def is_versioned(graph: Graph, bucket: Resource) -> bool:
    """Whether S3 keeps old versions; it does so by itself where Object Lock is on."""
    states = [
        text(first(at(part, "versioningConfiguration"), "versioningConfiguration").get("status"), "status")
        for part in (bucket.inputs, *parts(graph, bucket, "bucketVersioning"))
    ]
    inline = first(at(bucket.inputs, "versioning"), "versioning")
    return (
        "Enabled" in states
        or flag(at(inline, "enabled"), "versioning.enabled")
        or flag(at(bucket.inputs, "objectLockEnabled"), "objectLockEnabled")
    )


def policies_of(graph: Graph, bucket: Resource) -> list[Any]:
    """The bucket's policy documents."""
    inline = at(bucket.inputs, "policy")
    apart = [at(p.inputs, "policy") for p in pointing_at(graph, bucket, BUCKET_POLICY, "bucket")]
    return apart if inline is None else [inline, *apart]


def takes_logs(graph: Graph, bucket: Resource) -> bool:
    """Whether logs are delivered here: such a bucket takes no KMS default key, and would log itself for ever."""
    for type_ in _LOGGING:
        if graph.referring(bucket, type_, "targetBucket"):
            return True
    if graph.referring(bucket, TRAIL, "s3BucketName"):
        return True
    return any(
        statement.allows and any(p.startswith(_LOG_SERVICES) for p in statement.principals("Service"))
        for document in policies_of(graph, bucket)
        for statement in statements(document)
    )
