"""Actions that write or remove tags, by service prefix (AWS Service Authorization Reference, read 2026-11-28).

Services that follow the newer convention call them ``TagResource`` and ``UntagResource``; here are those that do not.
"""

from collections.abc import Mapping
from typing import Final

_WRITE: Final[Mapping[str, tuple[str, ...]]] = {
    "acm": ("AddTagsToCertificate",),
    "autoscaling": ("CreateOrUpdateTags",),
    "cloudtrail": ("AddTags",),
    "dms": ("AddTagsToResource",),
    "ec2": ("CreateTags",),
    "elasticache": ("AddTagsToResource",),
    "elasticfilesystem": ("CreateTags", "TagResource"),
    "elasticloadbalancing": ("AddTags",),
    "elasticmapreduce": ("AddTags",),
    "es": ("AddTags",),
    "firehose": ("TagDeliveryStream",),
    "iam": ("TagRole", "TagUser", "TagPolicy", "TagInstanceProfile", "TagOpenIDConnectProvider"),
    "kinesis": ("AddTagsToStream", "TagResource"),
    "logs": ("TagLogGroup", "TagResource"),
    "rds": ("AddTagsToResource",),
    "redshift": ("CreateTags",),
    "route53": ("ChangeTagsForResource",),
    "s3": ("PutObjectTagging", "PutObjectVersionTagging", "PutBucketTagging", "TagResource"),
    "sagemaker": ("AddTags",),
    "sqs": ("TagQueue",),
    "ssm": ("AddTagsToResource",),
    "workspaces": ("CreateTags",),
}
_REMOVE: Final[Mapping[str, tuple[str, ...]]] = {
    "acm": ("RemoveTagsFromCertificate",),
    "autoscaling": ("DeleteTags",),
    "cloudtrail": ("RemoveTags",),
    "dms": ("RemoveTagsFromResource",),
    "ec2": ("DeleteTags",),
    "elasticache": ("RemoveTagsFromResource",),
    "elasticfilesystem": ("DeleteTags", "UntagResource"),
    "elasticloadbalancing": ("RemoveTags",),
    "elasticmapreduce": ("RemoveTags",),
    "es": ("RemoveTags",),
    "firehose": ("UntagDeliveryStream",),
    "iam": ("UntagRole", "UntagUser", "UntagPolicy", "UntagInstanceProfile", "UntagOpenIDConnectProvider"),
    "kinesis": ("RemoveTagsFromStream", "UntagResource"),
    "logs": ("UntagLogGroup", "UntagResource"),
    "rds": ("RemoveTagsFromResource",),
    "redshift": ("DeleteTags",),
    "route53": ("ChangeTagsForResource",),
    "s3": ("DeleteObjectTagging", "DeleteObjectVersionTagging", "UntagResource"),
    "sagemaker": ("DeleteTags",),
    "sqs": ("UntagQueue",),
    "ssm": ("RemoveTagsFromResource",),
    "workspaces": ("DeleteTags",),
}


def tag_writers(service: str) -> tuple[str, ...]:
    """The actions of a service that give a resource a tag, or another value of it."""
    return tuple(f"{service}:{name}" for name in _WRITE.get(service, ("TagResource",)))


def tag_removers(service: str) -> tuple[str, ...]:
    """The actions of a service that take a tag from a resource."""
    return tuple(f"{service}:{name}" for name in _REMOVE.get(service, ("UntagResource",)))
