"""What must hold for the audit trail: it runs, everywhere, sealed, and sees who touches models and payloads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.storage.bucket_parts import (
    BUCKET_POLICY,
    BUCKETS,
    TRAIL,
    bucket_name,
    holds,
    takes_logs,
)
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, flag, listed, mapping, sequence, text

_S3_OBJECTS: Final = "AWS::S3::Object"
_SELECTS: Final = frozenset({"eventCategory", "resources.type", "resources.ARN", "readOnly"})
"""What a selector may test for us to know what it records; an ``eventName`` leaves out what nobody thought of."""
_SWITCHES: Final = (
    ("enableLogging", True, "is off: nothing is recorded"),
    ("isMultiRegionTrail", False, "is off: another region is where nobody looks"),
    ("includeGlobalServiceEvents", True, "is off: changes of roles and policies are not recorded"),
)
"""Switches of a trail, what they are where nothing is said, and what is lost without them."""
_EVERYTHING: Final = frozenset({"arn:aws:s3", "arn:aws:s3:::", "arn:aws-cn:s3", "arn:aws-us-gov:s3"})


def _incomplete(trail: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, default, problem in _SWITCHES:
        value = at(trail.inputs, path)
        if not flag(value, path, default=default):
            yield Offence(path=path, problem=problem, value=value)
    if not _records_management(trail):
        said = [name for name in ("advancedEventSelectors", "eventSelectors") if _blocks(trail, name)]
        yield Offence(path=said[0], problem="management events are not recorded, or only a part of them")


def _records_management(trail: Resource) -> bool:
    advanced = [_fields(selector) for selector in _blocks(trail, "advancedEventSelectors")]
    if advanced:
        return any(
            _wants(fields.get("eventCategory"), "Management") and fields.keys() == {"eventCategory"}
            for fields in advanced
        )
    basic = _blocks(trail, "eventSelectors")
    # CloudTrail records management events unless a selector says otherwise.
    return not basic or any(
        flag(at(selector, "includeManagementEvents"), "includeManagementEvents", default=True)
        and (text(at(selector, "readWriteType"), "readWriteType") or "All") == "All"
        for selector in basic
    )


def _blocks(trail: Resource, name: str) -> list[Mapping[str, Any]]:
    return [mapping(block, name) for block in sequence(at(trail.inputs, name), name)]


def _fields(selector: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The tests of an advanced selector, by field."""
    tests = [
        mapping(test, "fieldSelectors") for test in sequence(at(selector, "fieldSelectors"), "fieldSelectors")
    ]
    return {text(at(test, "field"), "field"): test for test in tests}


def _wants(test: Mapping[str, Any] | None, value: str) -> bool:
    return test is not None and value in listed(at(test, "equals"), "equals")


def _unsealed(trail: Resource, _graph: Graph) -> Iterable[Offence]:
    validates = at(trail.inputs, "enableLogFileValidation")
    if not flag(validates, "enableLogFileValidation"):
        yield Offence(
            path="enableLogFileValidation",
            problem="is off: an edited or missing log file cannot be told",
            value=validates,
        )
    if not text(at(trail.inputs, "kmsKeyId"), "kmsKeyId"):
        yield Offence(path="kmsKeyId", problem="is not set: whoever reads the bucket reads the trail")


def _undeliverable(trail: Resource, graph: Graph) -> Iterable[Offence]:
    name = text(at(trail.inputs, "s3BucketName"), "s3BucketName")
    for bucket in graph.of_type(*BUCKETS):
        if trail not in graph.referring(bucket, TRAIL, "s3BucketName"):
            continue
        policies = {policy.urn for policy in pointing_at(graph, bucket, BUCKET_POLICY, "bucket")}
        if policies and not policies & graph.waits_for(trail.urn):
            yield Offence(
                path="s3BucketName",
                problem=(
                    f"the trail does not wait for the policy of {bucket.name}, without which CloudTrail may not "
                    "write there"
                ),
                value=name,
            )


def _unwatched(bucket: Resource, graph: Graph) -> Iterable[Offence]:
    if not (holds(bucket, "model") or holds(bucket, "payload")) or takes_logs(graph, bucket):
        return
    selected = {prefix for trail in graph.of_type(TRAIL) for prefix in _selected(trail)}
    if selected & _EVERYTHING:
        return
    name = bucket_name(bucket)
    if selected and not name:
        raise UndecidedError("bucket is generated: what a trail selects by its ARN cannot be told")
    if not any(f"{name}/".startswith(prefix.rpartition(":::")[2]) for prefix in selected):
        yield Offence(path="bucket", problem="no trail records who touches its objects", value=name or None)


def _selected(trail: Resource) -> Iterator[str]:
    """ARN prefixes of the S3 objects whose changes, at least, a trail records."""
    for selector in _blocks(trail, "eventSelectors"):
        if text(at(selector, "readWriteType"), "readWriteType") == "ReadOnly":
            continue
        for resource in sequence(at(selector, "dataResources"), "dataResources"):
            if at(mapping(resource, "dataResources"), "type") == _S3_OBJECTS:
                yield from _texts(at(resource, "values"), "values")
    for fields in (_fields(selector) for selector in _blocks(trail, "advancedEventSelectors")):
        if not _wants(fields.get("eventCategory"), "Data") or not _wants(
            fields.get("resources.type"), _S3_OBJECTS
        ):
            continue
        if _wants(fields.get("readOnly"), "true") or not fields.keys() <= _SELECTS:
            continue
        where = fields.get("resources.ARN")
        yield from ["arn:aws:s3"] if where is None else _texts(at(where, "startsWiths"), "startsWiths")


def _texts(values: Any, path: str) -> Sequence[str]:
    return [text(value, path) for value in listed(values, path)]


RULES: tuple[Rule, ...] = (
    Rule(
        id="cloudtrail-multi-region-enabled",
        severity="high",
        aliases=("trails-record-everything",),
        applies_to=(TRAIL,),
        why="What the trail leaves out is where an intruder works.",
        fix="Record management events of all regions and global services, and leave logging on.",
        check=_incomplete,
        same_as=("CKV_AWS_67",),
    ),
    Rule(
        id="cloudtrail-log-validation-and-kms",
        severity="medium",
        aliases=("trails-are-sealed",),
        applies_to=(TRAIL,),
        why="A record that can be edited proves nothing.",
        fix="Set enable_log_file_validation and a KMS key.",
        check=_unsealed,
        same_as=("CKV_AWS_35", "CKV_AWS_36"),
    ),
    Rule(
        id="trails-wait-for-their-bucket-policy",
        severity="high",
        applies_to=(TRAIL,),
        why="CloudTrail tries to write when a trail is made, and refuses to make one that cannot.",
        fix="Let the trail depend on the bucket's policy.",
        check=_undeliverable,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="models-and-payloads-are-on-the-trail",
        severity="high",
        applies_to=BUCKETS,
        why="After a leak or a swapped model somebody asks who touched which file.",
        fix="Select the bucket's objects as data events of a CloudTrail.",
        check=_unwatched,
        reads_graph=True,
    ),
)
