"""What must hold for access lists and public access blocks, wherever their bucket is declared."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.storage.bucket_parts import ACCOUNT_BLOCK, BLOCKS, BUCKETS, opened_by_list
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, sequence, text

LISTS: Final = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
OBJECTS: Final = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
CORS: Final = (
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2",
)
_READING: Final = frozenset({"GET", "HEAD"})
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"


def _open_list(holder: Resource, graph: Graph) -> Iterable[Offence]:
    if holder.type in OBJECTS or not _has_bucket(holder, graph):
        yield from opened_by_list(holder.inputs)


def _has_bucket(part: Resource, graph: Graph) -> bool:
    """Whether the bucket is declared here too: its own rules then say what this says of it."""
    return any(part in graph.referring(bucket, part.type, "bucket") for bucket in graph.of_type(*BUCKETS))


def _partly(block: Resource, graph: Graph) -> Iterable[Offence]:
    if not _has_bucket(block, graph):
        yield from (
            Offence(path=name, problem="is off", value=at(block.inputs, name))
            for name in BLOCKS
            if not flag(at(block.inputs, name), name)
        )


def _any_origin(holder: Resource, _graph: Graph) -> Iterable[Offence]:
    for place, origin, verbs in _origins(holder):
        changing = sorted(verbs - _READING)
        if origin == "*" and changing:
            yield Offence(path=place, problem=f"pages of any origin may {', '.join(changing)}", value=origin)


def _origins(holder: Resource) -> Iterable[tuple[str, str, set[str]]]:
    for number, rule in enumerate(sequence(at(holder.inputs, "corsRules"), "corsRules")):
        verbs = {text(v, "allowedMethods") for v in sequence(at(rule, "allowedMethods"), "allowedMethods")}
        for index, origin in enumerate(sequence(at(rule, "allowedOrigins"), "allowedOrigins")):
            place = f"corsRules[{number}].allowedOrigins[{index}]"
            yield place, text(origin, "allowedOrigins"), verbs


RULES: tuple[Rule, ...] = (
    Rule(
        id="s3-acls-not-public",
        severity="critical",
        aliases=("access-lists-name-no-strangers",),
        applies_to=(*LISTS, *OBJECTS),
        why="What a list opens, no bucket policy closes again, and no review of policies finds.",
        fix="Drop the acl; let a bucket policy name who reads.",
        check=_open_list,
        reads_graph=True,
    ),
    Rule(
        id="public-access-blocks-are-whole",
        severity="high",
        applies_to=(BLOCK, ACCOUNT_BLOCK),
        why="Each switch that is off leaves a way to publish; a block with a hole looks like one without.",
        fix="Turn all four on.",
        check=_partly,
        reads_graph=True,
        same_as=("CKV_AWS_56",),
    ),
    Rule(
        id="pages-that-write-are-named",
        severity="critical",
        applies_to=(*BUCKETS, *CORS),
        why="Any page a visitor opens can then use the visitor's address and cookies to write here.",
        fix="Name the origins of your own pages; pages of others need GET at most.",
        check=_any_origin,
    ),
)
