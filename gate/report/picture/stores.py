"""What stands beside the network in the account: files, keys, images, records."""

from collections.abc import Iterator, Sequence
from typing import Final

from gate.report.picture.reading import Seen, counted, listed, many, words
from gate.report.picture.scene import Box
from policies.engine.graph import Resource

FILES: Final = "model files"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_KMS: Final = "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId"


def stores(seen: Seen, place: str, files: str, payloads: str) -> Iterator[Box]:
    """Model files first, then what is kept of requests, keys, images and records; each kind once."""

    def store(name: str, title: str, lines: Sequence[str], resources: Sequence[Resource]) -> Box:
        above = seen.is_above(*resources)
        return Box(
            id=f"store {name}", title=title, lines=tuple(lines), role="store", place=place, is_above=above
        )

    buckets = {words(b.inputs, "bucket") or b.name: b for b in seen.whole.of_type(_BUCKET)}
    for name, title, bucket in ((FILES, "Model files", files), ("payloads", "Samples of requests", payloads)):
        if bucket in buckets:
            yield store(name, title, ["S3 bucket", *_key(bucket, seen)], [buckets.pop(bucket)])
    if keys := seen.whole.of_type("aws:kms/key:Key"):
        yield store("keys", "Keys", [counted(len(keys), "KMS key")], keys)
    if repositories := seen.whole.of_type("aws:ecr/repository:Repository"):
        names = sorted(words(r.inputs, "name").rpartition("/")[2] or r.name for r in repositories)
        yield store("images", "Images", [f"ECR: {listed(names)}"], repositories)
    trails = seen.whole.of_type("aws:cloudtrail/trail:Trail")
    groups = seen.whole.of_type("aws:cloudwatch/logGroup:LogGroup")
    kept = [
        "CloudTrail" if trails else "",
        counted(len(groups), "log group") if groups else "",
        counted(len(buckets), "bucket") if buckets else "",
    ]
    if any(kept):
        yield store("records", "Records", [k for k in kept if k], [*trails, *groups, *buckets.values()])


def _key(bucket: str, seen: Seen) -> list[str]:
    """How a bucket is encrypted: with which of the keys that are here."""
    for configuration in seen.whole.of_type(_ENCRYPTION):
        if words(configuration.inputs, "bucket") != bucket or not many(configuration.inputs, "rules"):
            continue
        arn = words(configuration.inputs, _KMS)
        keys = [key for key in seen.whole.of_type("aws:kms/key:Key") if arn and arn in key.known_as]
        return [f"KMS key {key.name}" for key in keys] or ["KMS key of elsewhere" if arn else "key of S3"]
    return []
