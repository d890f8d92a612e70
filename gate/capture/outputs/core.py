"""Outputs that any component may consume: AWS resources whose id or ARN follows from their name."""

from collections.abc import Mapping
from typing import Any

from gate.capture.outputs import Account, Computed, hexadecimal


def _role(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("name") or f"role-{hexadecimal(urn, 7)}"
    return {
        "id": name,
        "name": name,
        "arn": account.global_arn("iam", f"role/{name}"),
        "uniqueId": "AROA" + hexadecimal(urn, 17).upper(),
    }


def _policy(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("name") or f"policy-{hexadecimal(urn, 7)}"
    arn = account.global_arn("iam", f"policy/{name}")
    return {"id": arn, "arn": arn, "name": name}


def _key(_inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    digits = hexadecimal(urn, 32)
    key = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return {"id": key, "keyId": key, "arn": account.arn("kms", f"key/{key}")}


def _log_group(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("name") or f"log-group-{hexadecimal(urn, 7)}"
    return {"id": name, "name": name, "arn": account.arn("logs", f"log-group:{name}")}


def _bucket(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("bucket") or f"bucket-{hexadecimal(urn, 7)}"
    return {
        "id": name,
        "bucket": name,
        "arn": f"arn:{account.partition}:s3:::{name}",
        "bucketRegionalDomainName": f"{name}.s3.{account.region}.amazonaws.com",
        "region": account.region,
    }


def _queue(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("name") or f"queue-{hexadecimal(urn, 7)}"
    url = f"https://sqs.{account.region}.amazonaws.com/{account.id}/{name}"
    return {"id": url, "url": url, "name": name, "arn": account.arn("sqs", name)}


def _repository(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs.get("name") or f"repository-{hexadecimal(urn, 7)}"
    return {
        "id": name,
        "name": name,
        "arn": account.arn("ecr", f"repository/{name}"),
        "registryId": account.id,
    }


OUTPUTS: Mapping[str, Computed] = {
    "aws:iam/role:Role": _role,
    "aws:iam/policy:Policy": _policy,
    "aws:kms/key:Key": _key,
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:ecr/repository:Repository": _repository,
    "aws:sqs/queue:Queue": _queue,
}
