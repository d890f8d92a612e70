"""What must hold for what cannot be made again: models locked, payloads forgotten, images fixed, nothing deletable."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from facts.data_classes import DATA_CLASSES
from policies.analysis.platform.lifecycle import is_disposable
from policies.analysis.storage import bucket_parts
from policies.analysis.storage.bucket_parts import BUCKETS, first, holds, is_versioned, parts, takes_logs
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, number, sequence, text
from policies.rules.aws.kms_keys import KEY

REPOSITORY: Final = "aws:ecr/repository:Repository"
LONGEST_DAYS: Final = 365
"""Payloads quote people; what is needed longer is drawn from them, and kept elsewhere."""
_BY_ITSELF: Final = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
_REGISTRY_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


def _at(resource: Resource, path: str, problem: str) -> Offence:
    return Offence(path=path, problem=problem, value=at(resource.inputs, path))


def _is_locked(bucket: Resource, graph: Graph) -> bool:
    inline = first(at(bucket.inputs, "objectLockConfiguration"), "objectLockConfiguration")
    enabled = text(inline.get("objectLockEnabled"), "objectLockEnabled") == "Enabled"
    return (
        enabled
        or flag(at(bucket.inputs, "objectLockEnabled"), "objectLockEnabled")
        or any(True for _ in parts(graph, bucket, "bucketObjectLockConfiguration"))
    )


def _unlocked(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    if not holds(bucket, "model") or holds(bucket, "payload") or takes_logs(graph, bucket):
        return
    if is_disposable(bucket):
        return
    if not _is_locked(bucket, graph):
        yield _at(
            bucket, "objectLockEnabled", "is off: a model that is being served can be deleted or swapped"
        )
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
    yield Offence(
        path="objectLockConfiguration.rule.defaultRetention",
        problem="is not set: an upload that does not ask for a lock gets none",
    )


def _unerasable(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    if not holds(bucket, "payload"):
        return
    if _is_locked(bucket, graph):
        yield _at(bucket, "objectLockEnabled", "is on: a person's data cannot be erased before it ends")
    rules = [
        first(rule, "rules")
        for part in parts(graph, bucket, "bucketLifecycleConfiguration")
        for rule in sequence(at(part, "rules"), "rules")
    ]
    rules.extend(first(r, "lifecycleRules") for r in sequence(at(bucket.inputs, "lifecycleRules")))
    whole = [rule for rule in rules if _is_on(rule) and not _prefix(rule)]
    ages = [
        number(first(at(rule, "expiration"), "expiration").get("days"), "expiration.days") for rule in whole
    ]
    shortest = min((days for days in ages if days), default=None)
    if shortest is None:
        yield Offence(
            path="lifecycleRules",
            problem="no rule for every object: what people asked and were answered is kept for ever",
        )
    elif shortest > LONGEST_DAYS:
        yield Offence(
            path="lifecycleRules.expiration.days",
            problem=f"objects are kept {shortest:.0f} days",
            value=shortest,
            expected=f"{LONGEST_DAYS} are the longest",
        )
    for rule in rules:
        days = number(first(at(rule, "expiration"), "expiration").get("days"), "expiration.days")
        prefix = text(first(at(rule, "filter"), "filter").get("prefix") or at(rule, "prefix"), "prefix")
        if prefix.strip("/") in DATA_CLASSES and not (days and _is_on(rule)):
            yield Offence(
                path="lifecycleRules.expiration.days",
                problem=f"the rule for {prefix} expires nothing: payloads of the class are kept as long as all others",
                value=days,
            )
    if is_versioned(graph, bucket) and not any(_forgets_versions(rule) for rule in whole):
        yield Offence(
            path="lifecycleRules.noncurrentVersionExpiration",
            problem="old versions are kept for ever: what was deleted can still be read",
        )


def _is_on(rule: Mapping[str, Any]) -> bool:
    return text(at(rule, "status"), "status") == "Enabled" or flag(at(rule, "enabled"), "enabled")


def _prefix(rule: Mapping[str, Any]) -> Any:
    """What narrows a lifecycle rule to some objects, in any of the ways there are to say so."""
    tests = first(at(rule, "filter"), "filter")
    return at(rule, "prefix") or at(rule, "tags") or any(value for value in tests.values())


def _forgets_versions(rule: Mapping[str, Any]) -> bool:
    noncurrent = first(at(rule, "noncurrentVersionExpiration"), "noncurrentVersionExpiration")
    days = at(noncurrent, "noncurrentDays") or at(noncurrent, "days")
    return bool(number(days, "noncurrentVersionExpiration.noncurrentDays"))


def _deletable(resource: Resource, _graph: Graph, *, on_platform: bool = False) -> Iterable[Offence]:
    if on_platform and is_disposable(resource):
        return
    for name in ("forceDestroy", "forceDelete"):
        if flag(at(resource.inputs, name), name):
            yield _at(resource, name, "deleting the resource deletes what it holds")
    if on_platform and not resource.protect and not resource.retain_on_delete:
        yield _at(resource, "protect", "is off: removing a line of the program deletes it")


def _moving_tags(repository: Resource, _graph: Graph) -> Iterable[Offence]:
    tags = text(at(repository.inputs, "imageTagMutability"), "imageTagMutability") or "MUTABLE"
    if tags != "IMMUTABLE":
        yield _at(repository, "imageTagMutability", f"{tags}: a tag can be pushed again with other contents")


def _unscanned(repository: Resource, graph: Graph) -> Iterable[Offence]:
    scanning = first(at(repository.inputs, "imageScanningConfiguration"), "imageScanningConfiguration")
    if flag(at(scanning, "scanOnPush"), "scanOnPush"):
        return
    rules = [
        rule for r in graph.of_type(_REGISTRY_SCANNING) for rule in sequence(at(r.inputs, "rules"), "rules")
    ]
    if not any(text(at(rule, "scanFrequency"), "scanFrequency") in _BY_ITSELF for rule in rules):
        yield Offence(
            path="imageScanningConfiguration.scanOnPush",
            problem="images are not scanned on push",
            value=at(scanning, "scanOnPush"),
        )


def _image_key(repository: Resource, _graph: Graph) -> Iterable[Offence]:
    encryption = first(at(repository.inputs, "encryptionConfigurations"), "encryptionConfigurations")
    kind = text(at(encryption, "encryptionType"), "encryptionType") or "AES256"
    if not kind.startswith("KMS"):
        yield Offence(
            path="encryptionConfigurations[0].encryptionType",
            problem=f"{kind}: images are under keys of ECR",
            value=at(encryption, "encryptionType"),
        )
    elif not text(at(encryption, "kmsKey"), "kmsKey"):
        yield Offence(
            path="encryptionConfigurations[0].kmsKey",
            problem="images are under aws/ecr, a key whose policy nobody can change",
        )


def _crowded(repository: Resource, graph: Graph) -> Iterable[Offence]:
    if not pointing_at(graph, repository, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository"):
        yield Offence(
            path="", problem="no lifecycle policy: images that no tag names are kept, and paid for, for ever"
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="payload-buckets-expire-objects",
        severity="high",
        aliases=("payload-buckets-forget",),
        applies_to=BUCKETS,
        why="Requests hold personal data, which must go in time and on demand.",
        fix="No Object Lock, and an expiry for each data class (components.model_store does both).",
        check=_unerasable,
        reads_graph=True,
    ),
    Rule(
        id="data-is-protected-from-deletion",
        severity="critical",
        applies_to=(*BUCKETS, KEY, REPOSITORY, bucket_parts.TRAIL),
        why="A rename or a wrong branch must not take data or its record along; a deleted key takes all it encrypted.",
        fix="Set protect=True in the resource's options, and leave force_destroy and force_delete off.",
        check=_deletable,
        on_platform=Variant("Pulumi protects it; a trial may go.", partial(_deletable, on_platform=True)),
    ),
    Rule(
        id="ecr-tags-are-immutable",
        severity="medium",
        aliases=("image-tags-never-move",),
        applies_to=(REPOSITORY,),
        why="What was scanned and approved under a tag must be what runs under it.",
        fix="Set image_tag_mutability to IMMUTABLE.",
        check=_moving_tags,
        same_as=("CKV_AWS_51",),
    ),
    Rule(
        id="ecr-scans-on-push",
        severity="low",
        aliases=("images-are-scanned",),
        applies_to=(REPOSITORY,),
        why="Nobody looks for known holes by hand.",
        fix="Set scan_on_push, or a registry-wide aws.ecr.RegistryScanningConfiguration.",
        check=_unscanned,
        reads_graph=True,
        same_as=("CKV_AWS_163",),
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="model-buckets-lock-versions",
        severity="high",
        applies_to=BUCKETS,
        why="What a digest was approved for must still be there, unchanged, when a node reads it again.",
        fix="Set object_lock_enabled and a default retention (aws.s3.BucketObjectLockConfiguration).",
        check=_unlocked,
        reads_graph=True,
    ),
    Rule(
        id="ecr-uses-cmk",
        severity="medium",
        aliases=("images-are-under-our-key",),
        applies_to=(REPOSITORY,),
        why="A key of our own can be closed in an incident, and each use of it is on record.",
        fix="Set encryption_configurations with encryption_type KMS and a key; it cannot be changed later.",
        check=_image_key,
        same_as=("CKV_AWS_136",),
    ),
    Rule(
        id="ecr-expires-untagged-images",
        severity="low",
        aliases=("repositories-forget-untagged-images",),
        applies_to=(REPOSITORY,),
        why="Old layers cost money and keep old holes within reach.",
        fix="Declare an aws.ecr.LifecyclePolicy.",
        check=_crowded,
        level="advisory",
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "judged by payload-buckets-expire-objects",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": (
        "judged by model-buckets-lock-versions"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "judged by ecr-expires-untagged-images",
}
