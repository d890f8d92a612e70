"""What must hold for what cannot be made again: models locked, payloads forgotten, images fixed, nothing deletable."""

from collections.abc import Iterable
from typing import Final

from policies.bucket_parts import BUCKETS, first, holds, parts, takes_logs
from policies.cluster_key import KEY
from policies.neighbours import pointing_at
from policies.reading import at, flag, number, sequence, text
from policies.record import Graph, Resource
from policies.rule import Rule

REPOSITORY: Final = "aws:ecr/repository:Repository"
_REGISTRY_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


def _is_locked(bucket: Resource, graph: Graph) -> bool:
    inline = first(at(bucket.inputs, "objectLockConfiguration"), "objectLockConfiguration")
    enabled = text(inline.get("objectLockEnabled"), "objectLockEnabled") == "Enabled"
    return (
        enabled
        or flag(at(bucket.inputs, "objectLockEnabled"), "objectLockEnabled")
        or any(True for _ in parts(graph, bucket, "bucketObjectLockConfiguration"))
    )


def _unlocked(bucket: Resource, graph: Graph) -> Iterable[str]:
    if not holds(bucket, "model") or takes_logs(graph, bucket):
        return
    if not _is_locked(bucket, graph):
        yield "Object Lock is off: a model that is being served can be deleted or swapped"
        return
    configurations = [
        *parts(graph, bucket, "bucketObjectLockConfiguration"),
        first(at(bucket.inputs, "objectLockConfiguration"), "objectLockConfiguration"),
    ]
    for configuration in configurations:
        retention = first(
            at(first(at(configuration, "rule"), "rule"), "defaultRetention"), "rule.defaultRetention"
        )
        if number(at(retention, "days"), "days") or number(at(retention, "years"), "years"):
            return
    yield "no default retention: an upload that does not ask for a lock gets none"


def _unerasable(bucket: Resource, graph: Graph) -> Iterable[str]:
    if not holds(bucket, "payload"):
        return
    if _is_locked(bucket, graph):
        yield "Object Lock is on: a person's data cannot be erased before it ends"
    rules = [
        first(rule, "rules")
        for part in parts(graph, bucket, "bucketLifecycleConfiguration")
        for rule in sequence(at(part, "rules"), "rules")
    ]
    rules.extend(first(r, "lifecycleRules") for r in sequence(at(bucket.inputs, "lifecycleRules")))
    expiring = [
        rule
        for rule in rules
        if number(first(at(rule, "expiration"), "expiration").get("days"), "expiration.days")
        and (text(at(rule, "status"), "status") == "Enabled" or flag(at(rule, "enabled"), "enabled"))
    ]
    if not expiring:
        yield "no lifecycle rule: requests and answers of people are kept for ever"


def _deletable(resource: Resource, _graph: Graph) -> Iterable[str]:
    for name in ("forceDestroy", "forceDelete"):
        if flag(at(resource.inputs, name), name):
            yield f"{name}: deleting the resource deletes what it holds"
    if not resource.protect and not resource.retain_on_delete:
        yield "not protected: removing a line of the program deletes it"


def _moving_tags(repository: Resource, _graph: Graph) -> Iterable[str]:
    tags = text(at(repository.inputs, "imageTagMutability"), "imageTagMutability") or "MUTABLE"
    if not tags.startswith("IMMUTABLE"):
        yield f"imageTagMutability is {tags}: a tag can be pushed again with other contents"


def _unscanned(repository: Resource, graph: Graph) -> Iterable[str]:
    scanning = first(at(repository.inputs, "imageScanningConfiguration"), "imageScanningConfiguration")
    if not flag(at(scanning, "scanOnPush"), "scanOnPush") and not graph.of_type(_REGISTRY_SCANNING):
        yield "images are not scanned on push"


def _image_key(repository: Resource, _graph: Graph) -> Iterable[str]:
    encryption = first(at(repository.inputs, "encryptionConfigurations"), "encryptionConfigurations")
    kind = text(at(encryption, "encryptionType"), "encryptionType") or "AES256"
    if not kind.startswith("KMS"):
        yield f"encryptionType is {kind}: images are under keys of ECR"
    elif not text(at(encryption, "kmsKey"), "kmsKey"):
        yield "is under aws/ecr, a key whose policy nobody can change"


def _crowded(repository: Resource, graph: Graph) -> Iterable[str]:
    if not pointing_at(graph, repository, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository"):
        yield "no lifecycle policy: images that no tag names are kept, and paid for, for ever"


RULES: tuple[Rule, ...] = (
    Rule(
        id="model-buckets-lock-versions",
        applies_to=BUCKETS,
        why="What a digest was approved for must still be there, unchanged, when a node reads it again.",
        fix="Set object_lock_enabled and a default retention (aws.s3.BucketObjectLockConfiguration).",
        check=_unlocked,
        reads_graph=True,
    ),
    Rule(
        id="payload-buckets-forget",
        applies_to=BUCKETS,
        why="Requests hold personal data, which must go in time and on demand.",
        fix="No Object Lock, and an expiry for each data class (components.model_store does both).",
        check=_unerasable,
        reads_graph=True,
    ),
    Rule(
        id="data-is-protected-from-deletion",
        applies_to=(*BUCKETS, KEY, REPOSITORY),
        why="A rename or a wrong branch must not take the data with it; a deleted key takes all it encrypted.",
        fix="Set protect=True in the resource's options, and leave force_destroy and force_delete off.",
        check=_deletable,
    ),
    Rule(
        id="image-tags-never-move",
        applies_to=(REPOSITORY,),
        why="What was scanned and approved under a tag must be what runs under it.",
        fix="Set image_tag_mutability to IMMUTABLE.",
        check=_moving_tags,
    ),
    Rule(
        id="images-are-scanned",
        applies_to=(REPOSITORY,),
        why="Nobody looks for known holes by hand.",
        fix="Set scan_on_push, or a registry-wide aws.ecr.RegistryScanningConfiguration.",
        check=_unscanned,
        reads_graph=True,
    ),
    Rule(
        id="images-are-under-our-key",
        applies_to=(REPOSITORY,),
        why="A key of our own can be closed in an incident, and each use of it is on record.",
        fix="Set encryption_configurations with encryption_type KMS and a key; it cannot be changed later.",
        check=_image_key,
    ),
    Rule(
        id="repositories-forget-untagged-images",
        applies_to=(REPOSITORY,),
        why="Old layers cost money and keep old holes within reach.",
        fix="Declare an aws.ecr.LifecyclePolicy.",
        check=_crowded,
        level="advisory",
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "judged by payload-buckets-forget",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": (
        "judged by model-buckets-lock-versions"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "judged by repositories-forget-untagged-images",
}
