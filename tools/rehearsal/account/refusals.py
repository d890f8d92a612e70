"""What AWS refuses although every property has its right kind: sizes, names, networks, and EKS's own conditions.

Messages are shortened, codes are the services' own. Sizes are ``facts/aws_limits.yaml``; the rest is what the API
references of EC2 and EKS say and what findings about this platform have shown (read 2026-11-28).
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from facts.aws_limits import aws_limits
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.records import BUCKET, CLUSTER, KEY, NODE_GROUP, SUBNET, VPC, Record, Records, at

_TRAIL: Final = "aws:cloudtrail/trail:Trail"
_LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"
_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SMALLEST, _LARGEST = 28, 16
_ZONES: Final = 2


def check(type_: str, settings: Mapping[str, Any], records: Records, old: Record | None = None) -> None:
    """What is asked for can be made; with ``old``, that can become it.

    Raises:
        AwsError: it cannot.
    """
    _sizes(type_, settings)
    if type_ in {VPC, SUBNET}:
        _block(type_, settings)
    if type_ == SUBNET and old is None:
        _inside(settings, records)
    if type_ == BUCKET and not _BUCKET_NAME.fullmatch(str(settings["bucket"])):
        raise AwsError("InvalidBucketName", f"{settings['bucket']}: the specified bucket is not valid")
    if type_ == NODE_GROUP:
        _scaling(settings)
    if type_ == CLUSTER:
        _cluster(settings, records, old)
    if type_ == _TRAIL:
        _delivery(settings, records)
    if type_ == _LOGS and settings.get("kmsKeyId"):
        _log_key(settings, records)


def _sizes(type_: str, settings: Mapping[str, Any]) -> None:
    for name, limit in aws_limits().get(type_, {}).items():
        value = settings.get(name)
        if not isinstance(value, str):
            continue
        length = len(re.sub(r"\s", "", value)) if limit.policy else len(value)
        if length > limit.most:
            code = "LimitExceeded" if limit.policy else "ValidationError"
            shown = "" if limit.policy else f" ({value})"
            raise AwsError(code, f"{name}{shown} has {length} characters; at most {limit.most} are allowed")


def _block(type_: str, settings: Mapping[str, Any]) -> None:
    code = "InvalidVpc.Range" if type_ == VPC else "InvalidSubnet.Range"
    try:
        found = ipaddress.ip_network(settings["cidrBlock"])
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"cidrBlock: {error}") from None
    if not _LARGEST <= found.prefixlen <= _SMALLEST:
        raise AwsError(code, f"{found}: should be between /{_LARGEST} and /{_SMALLEST}")


def _inside(settings: Mapping[str, Any], records: Records) -> None:
    block = ipaddress.ip_network(settings["cidrBlock"])
    network = records.get(VPC, settings["vpcId"])
    if network is None:
        return  # the missing reference is told by itself
    around = ipaddress.ip_network(network.settings["cidrBlock"])
    if not block.subnet_of(around):  # type: ignore[arg-type]
        raise AwsError("InvalidSubnet.Range", f"{block} is not inside {around} of {network.id}")
    for other in records.of(SUBNET):
        if other.settings["vpcId"] == network.id and block.overlaps(
            ipaddress.ip_network(other.settings["cidrBlock"])
        ):
            raise AwsError("InvalidSubnet.Conflict", f"{block} conflicts with another subnet, {other.id}")


def _scaling(settings: Mapping[str, Any]) -> None:
    sizes = settings["scalingConfig"]
    least, wanted, most = (sizes[k] for k in ("minSize", "desiredSize", "maxSize"))
    for low, high, text in (
        (least, most, "Minimum capacity {:.0f} can't be greater than maximum size {:.0f}"),
        (least, wanted, "Minimum capacity {:.0f} can't be greater than desired size {:.0f}"),
        (wanted, most, "desired capacity {:.0f} can't be greater than max size {:.0f}"),
    ):
        if low > high:
            raise AwsError("InvalidParameterException", text.format(low, high))


def _cluster(settings: Mapping[str, Any], records: Records, old: Record | None) -> None:
    zones = _zones(settings, records)
    if len(zones) < _ZONES:
        raise AwsError("InvalidParameterException", "Subnets specified must be in at least two different AZs")
    if old is None:
        return
    before = set(old.computed["zones_made_with"])
    if zones - before:
        raise AwsError(
            "InvalidParameterException",
            f"vpcConfig.subnetIds: Provided subnets belong to the AZs {', '.join(sorted(zones))}. But they should "
            f"belong to the exact set of AZs {', '.join(sorted(before))} of the cluster's creation",
        )
    _next_version(str(old.settings["version"]), str(settings["version"]))


def _next_version(old: str, new: str) -> None:
    (old_major, old_minor), (new_major, new_minor) = (
        (int(part) for part in v.split(".")) for v in (old, new)
    )
    if (new_major, new_minor) not in {(old_major, old_minor), (old_major, old_minor + 1)}:
        raise AwsError(
            "InvalidParameterException", f"Unsupported Kubernetes minor version update from {old} to {new}"
        )


def zones_of(settings: Mapping[str, Any], records: Records) -> list[str]:
    """The zones of a cluster's subnets, which it keeps for ever."""
    return sorted(_zones(settings, records))


def _zones(settings: Mapping[str, Any], records: Records) -> set[str]:
    found = (records.get(SUBNET, one) for one in at(settings, "vpcConfig.subnetIds") or ())
    return {one.settings["availabilityZone"] for one in found if one is not None}


def _delivery(settings: Mapping[str, Any], records: Records) -> None:
    bucket = settings["s3BucketName"]
    policy = records.get("aws:s3/bucketPolicy:BucketPolicy", bucket)
    if policy is None or "cloudtrail.amazonaws.com" not in _services(policy.settings["policy"]):
        raise AwsError(
            "InsufficientS3BucketPolicyException",
            f"Incorrect S3 bucket policy is detected for bucket: {bucket}",
        )


def _log_key(settings: Mapping[str, Any], records: Records) -> None:
    key = records.named((KEY,), "arn", settings["kmsKeyId"])
    if key is not None and not any(s.startswith("logs.") for s in _services(key.settings.get("policy"))):
        raise AwsError(
            "AccessDeniedException",
            f"The specified KMS key does not exist or is not allowed to be used with log group {settings['name']}",
        )


def _services(policy: Any) -> set[str]:
    """Services that a document lets in by name."""
    found: set[str] = set()
    for statement in json.loads(policy or "{}").get("Statement", []):
        principal = statement.get("Principal")
        named = principal.get("Service", []) if isinstance(principal, dict) else []
        found.update([named] if isinstance(named, str) else named)
    return found
