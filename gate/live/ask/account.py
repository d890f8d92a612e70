"""What only the account knows before anything runs: who asks, quotas, offerings by zone, service-linked roles."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gate.live.ask.aws import Aws, RefusedError
from gate.live.ask.check import CannotAskError, Check, check, listed

Plan = Mapping[str, Any]
_MISSING = frozenset({"NoSuchResourceException", "NoSuchEntity", "NoSuchEntityException"})


def caller(aws: Aws, plan: Plan) -> Check:
    """Whose credentials these are; with those of another account every other answer would be about that one."""

    def judge() -> tuple[bool, str]:
        said = aws.ask("sts", "get_caller_identity")
        if said["Account"] != plan["account"]:
            return (
                False,
                f"these are credentials of account {said['Account']}; the stack stands in {plan['account']}",
            )
        return True, f"{said['Arn']}"

    return check("caller", "account", "sts:GetCallerIdentity", judge)


def quotas(aws: Aws, plan: Plan) -> Iterator[Check]:
    """Each quota that the stack's machines count against, by what they may come to together."""
    for quota in plan["quotas"]:
        subject = f"{quota['name']} ({quota['code']})"
        yield check(
            "quotas",
            subject,
            f"servicequotas:GetServiceQuota ec2 {quota['code']} in {plan['region']}",
            partial(_quota, aws, quota),
        )
    for kind in plan["unknown_quotas"]:
        yield check("quotas", kind, "nothing", partial(_no_quota, kind))


def _no_quota(kind: str) -> tuple[bool, str]:
    raise CannotAskError(f"{kind}: facts/ec2_quotas.yaml names no quota of this family; look in the console")


def _quota(aws: Aws, quota: Mapping[str, Any]) -> tuple[bool, str]:
    arguments = {"ServiceCode": "ec2", "QuotaCode": quota["code"]}
    try:
        said, word = aws.ask("service-quotas", "get_service_quota", **arguments), "is"
    except RefusedError as error:
        if error.code not in _MISSING:
            raise
        # An account that never asked for more has no value of its own.
        said, word = (
            aws.ask("service-quotas", "get_aws_default_service_quota", **arguments),
            "is AWS's default,",
        )
    value, wanted, least = float(said["Quota"]["Value"]), quota["vcpus"], quota["least_vcpus"]
    have = f"it {word} {value:g} vCPUs; {listed(quota['pools'])} may come to {wanted:g}"
    if value < least:
        return False, f"{have}, and the smallest machine needs {least:g}: nothing starts; ask AWS for more"
    if value < wanted:
        return False, f"{have}: scaling stops before the pools' own limits; ask AWS for more, or lower them"
    return True, have


def offerings(aws: Aws, plan: Plan) -> Iterator[Check]:
    """Whether each pool's instance types are sold in the zones of its subnets."""
    for pool in plan["pools"]:
        yield check(
            "offerings",
            pool["name"],
            f"ec2:DescribeInstanceTypeOfferings by zone of {listed(pool['types'])}",
            partial(_offered, aws, pool),
        )


def _offered(aws: Aws, pool: Mapping[str, Any]) -> tuple[bool, str]:
    found = aws.pages(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": pool["types"]}],
    )
    sold = {(one["InstanceType"], one["Location"]) for one in found}
    nowhere = [t for t in pool["types"] if not any((t, zone) in sold for zone in pool["zones"])]
    empty = [zone for zone in pool["zones"] if not any((t, zone) in sold for t in pool["types"])]
    if nowhere or empty:
        said = [f"{listed(nowhere)} in none of {listed(pool['zones'])}"] if nowhere else []
        said += [f"none of its types in {listed(empty)}"] if empty else []
        return False, "; ".join(said) + ": take other types or zones"
    gaps = [f"{t} not in {z}" for t in pool["types"] for z in pool["zones"] if (t, z) not in sold]
    return True, "each type in a zone, and each zone has one" + (f" ({listed(gaps)})" if gaps else "")


def linked_roles(aws: Aws, plan: Plan) -> Iterator[Check]:
    """Service-linked roles: AWS makes most at the first use, by whoever may; Spot's nobody makes for Karpenter."""
    for role in plan["linked_roles"]:
        yield check(
            "service-linked roles",
            role["role"],
            f"iam:GetRole {role['role']}",
            partial(_linked, aws, role),
        )


def _linked(aws: Aws, role: Mapping[str, Any]) -> tuple[bool, str]:
    try:
        aws.ask("iam", "get_role", RoleName=role["role"])
    except RefusedError as error:
        if error.code not in _MISSING:
            raise
        return False, (
            f"it does not exist, and {role['why']}: "
            f"aws iam create-service-linked-role --aws-service-name {role['service']}"
        )
    return True, "it exists"
