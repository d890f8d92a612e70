"""What a resource names that has to be there first, and what may not go while something names it.

Error codes are those of the services' API references; from memory, not read again (2026-11-29).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.records import BUCKET, CLUSTER, KEY, POLICY, ROLE, SUBNET, VPC, Record, Records

_DATABASE: Final = "aws:rds/cluster:Cluster"
_DATABASE_SUBNETS: Final = "aws:rds/subnetGroup:SubnetGroup"
_PARAMETERS: Final = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
_GROUPS: Final = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
_MANAGED: Final = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True)
class Reference:
    """Of which types something is named, by which of its outputs, and what is said when it is not there."""

    types: tuple[str, ...]
    by: str
    code: str


_SUBNET = Reference((SUBNET,), "id", "InvalidSubnetID.NotFound")
_GROUP = Reference(_GROUPS, "id", "InvalidGroup.NotFound")
_TABLE = Reference(("aws:ec2/routeTable:RouteTable",), "id", "InvalidRouteTableID.NotFound")
_ROLE_ARN = Reference((ROLE,), "arn", "InvalidParameterException")
_KEY_ARN = Reference((KEY,), "arn", "KMS.NotFoundException")
_REFERENCES: Final[Mapping[str, Reference]] = {
    "allocationId": Reference(("aws:ec2/eip:Eip",), "id", "InvalidAllocationID.NotFound"),
    "bucket": Reference((BUCKET,), "id", "NoSuchBucket"),
    "clusterIdentifier": Reference((_DATABASE,), "id", "DBClusterNotFoundFault"),
    "clusterName": Reference((CLUSTER,), "id", "ResourceNotFoundException"),
    "dbClusterParameterGroupName": Reference((_PARAMETERS,), "id", "DBClusterParameterGroupNotFound"),
    "dbSubnetGroupName": Reference((_DATABASE_SUBNETS,), "id", "DBSubnetGroupNotFoundFault"),
    "gatewayId": Reference(("aws:ec2/internetGateway:InternetGateway",), "id", "InvalidGatewayID.NotFound"),
    "iamRoleArn": _ROLE_ARN,
    "keyArn": _KEY_ARN,
    "kmsKey": _KEY_ARN,
    "kmsKeyId": _KEY_ARN,
    "kmsMasterKeyId": _KEY_ARN,
    "logDestination": Reference((BUCKET, "aws:cloudwatch/logGroup:LogGroup"), "arn", "InvalidParameter"),
    "masterUserSecretKmsKeyId": _KEY_ARN,
    "natGatewayId": Reference(("aws:ec2/natGateway:NatGateway",), "id", "InvalidNatGatewayID.NotFound"),
    "nodeRoleArn": _ROLE_ARN,
    "permissionsBoundary": Reference((POLICY,), "arn", "NoSuchEntity"),
    "policyArn": Reference((POLICY,), "arn", "NoSuchEntity"),
    "principalArn": Reference((ROLE,), "arn", "InvalidParameterException"),
    "queueUrl": Reference(("aws:sqs/queue:Queue",), "url", "AWS.SimpleQueueService.NonExistentQueue"),
    "referencedSecurityGroupId": _GROUP,
    "repository": Reference(("aws:ecr/repository:Repository",), "id", "RepositoryNotFoundException"),
    "role": Reference((ROLE,), "id", "NoSuchEntity"),
    "roleArn": _ROLE_ARN,
    "routeTableId": _TABLE,
    "routeTableIds": _TABLE,
    "rule": Reference(("aws:cloudwatch/eventRule:EventRule",), "id", "ResourceNotFoundException"),
    "s3BucketName": Reference((BUCKET,), "id", "S3BucketDoesNotExistException"),
    "securityGroupId": _GROUP,
    "securityGroupIds": _GROUP,
    "subnetId": _SUBNET,
    "subnetIds": _SUBNET,
    "targetBucket": Reference((BUCKET,), "id", "InvalidTargetBucketForLogging"),
    "targetKeyId": Reference((KEY,), "id", "NotFoundException"),
    "vpcSecurityGroupIds": _GROUP,
    "vpcId": Reference((VPC,), "id", "InvalidVpcID.NotFound"),
}
_OWN: Final = frozenset({
    (BUCKET, "bucket"), (_DATABASE, "clusterIdentifier"), ("aws:elasticache/userGroup:UserGroup", "userGroupId"),
})  # fmt: skip
"""What a resource itself is called."""
_LATER: Final = frozenset({"clusterSecurityGroupId"})
_TYPED: Final[Mapping[tuple[str, str], Reference]] = {
    ("aws:elasticache/serverlessCache:ServerlessCache", "userGroupId"): Reference(
        ("aws:elasticache/userGroup:UserGroup",), "id", "UserGroupNotFoundFault"
    ),
    ("aws:eks/nodeGroup:NodeGroup", "launchTemplate.id"): Reference(
        ("aws:ec2/launchTemplate:LaunchTemplate",), "id", "InvalidRequestException"
    ),
}
_HELD: Final[Mapping[str, str]] = {
    CLUSTER: "ResourceInUseException",
    POLICY: "DeleteConflict",
    ROLE: "DeleteConflict",
    SUBNET: "DependencyViolation",
    VPC: "DependencyViolation",
    "aws:cloudwatch/eventRule:EventRule": "ValidationException",
    "aws:ec2/internetGateway:InternetGateway": "DependencyViolation",
    "aws:ec2/eip:Eip": "InvalidIPAddress.InUse",
    "aws:ec2/routeTable:RouteTable": "DependencyViolation",
    "aws:ec2/securityGroup:SecurityGroup": "DependencyViolation",
    "aws:elasticache/userGroup:UserGroup": "InvalidUserGroupState",
    _DATABASE: "InvalidDBClusterStateFault",
    _DATABASE_SUBNETS: "InvalidDBSubnetGroupStateFault",
    _PARAMETERS: "InvalidDBParameterGroupState",
}
"""What AWS does not delete while something uses it, and the code it says so with."""
_HOLDS: Final[Mapping[str, tuple[str, ...]]] = {
    CLUSTER: ("aws:eks/nodeGroup:NodeGroup",),
    POLICY: ("aws:iam/rolePolicyAttachment:RolePolicyAttachment",),
    ROLE: ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"),
    "aws:ec2/internetGateway:InternetGateway": (),
    "aws:ec2/routeTable:RouteTable": ("aws:ec2/routeTableAssociation:RouteTableAssociation",),
    VPC: (SUBNET, "aws:ec2/internetGateway:InternetGateway", "aws:ec2/routeTable:RouteTable",
          "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/vpcEndpoint:VpcEndpoint"),
    SUBNET: ("aws:ec2/natGateway:NatGateway", CLUSTER, "aws:eks/nodeGroup:NodeGroup",
             "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:elasticache/serverlessCache:ServerlessCache"),
    "aws:ec2/securityGroup:SecurityGroup": (
        "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:elasticache/serverlessCache:ServerlessCache", _DATABASE),
}  # fmt: skip
"""By what, where not by everything that names it: a role goes though a cluster names it, a route with its table."""


def check_references(type_: str, settings: Mapping[str, Any], records: Records) -> None:
    """Everything named is there.

    Raises:
        AwsError: something is not, as when a resource does not wait for what it names.
    """
    for place, reference, value in _references(type_, settings):
        if _found(reference, value, records) is None:
            raise AwsError(reference.code, f"{place}: {value} does not exist")
    for place, arn in _principals(settings):
        if records.named((ROLE,), "arn", arn) is None:
            raise AwsError("MalformedPolicyDocument", f"{place}: invalid principal in policy: {arn}")


def check_unused(record: Record, records: Records) -> None:
    """Nothing uses it that AWS would wait for.

    Raises:
        AwsError: something does.
    """
    code = _HELD.get(record.type)
    if code is None:
        return
    holders = _HOLDS.get(record.type)
    for other in records:
        if other is record or (holders is not None and other.type not in holders):
            continue
        for place, reference, value in _references(other.type, other.settings):
            if _found(reference, value, records) is record:
                raise AwsError(code, f"{record.id} is used: {other.type} {other.id}, {place}")


def _found(reference: Reference, value: str, records: Records) -> Record | None:
    if reference.by == "arn" and reference.types == (POLICY,) and value.startswith(_MANAGED):
        return Record(type=POLICY, id=value, settings={})
    found = records.named(reference.types, reference.by, value)
    if found is None and reference is _GROUP:
        return next((c for c in records.of(CLUSTER) if _group_of(c) == value), None)
    if found is None and KEY in reference.types:  # keys are named by id, by ARN or by alias
        return records.named((KEY,), "id", value.rpartition("/")[2]) or records.named(
            ("aws:kms/alias:Alias",), "arn", value
        )
    return found


def _group_of(cluster: Record) -> Any:
    return cluster.computed.get("vpcConfig", {}).get("clusterSecurityGroupId")


def _references(type_: str, settings: Mapping[str, Any]) -> Iterator[tuple[str, Reference, str]]:
    for place, value in _leaves(settings):
        name = place.rpartition(".")[2]
        reference = _TYPED.get((type_, place)) or _REFERENCES.get(name)
        if reference is None or (type_, place) in _OWN or name in _LATER or not value:
            continue
        if type_.startswith("aws:eks/accessPolicy") and name == "policyArn":
            continue  # EKS's own policies, which are not IAM's
        yield place, reference, value


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text and the path to it; places in lists are not told apart."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, place)
    elif isinstance(value, str):
        yield place, value


def _principals(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Roles that policies of resources name as a principal: the services ask IAM whether they are there."""
    for place in ("policy", "assumeRolePolicy"):
        text = settings.get(place)
        if not isinstance(text, str):
            continue
        try:
            document = json.loads(text)
        except ValueError:
            raise AwsError("MalformedPolicyDocument", f"{place}: is not JSON") from None
        statements = document.get("Statement", []) if isinstance(document, dict) else []
        for statement in statements if isinstance(statements, list) else [statements]:
            principal = statement.get("Principal", {})
            named = principal.get("AWS", []) if isinstance(principal, dict) else []
            for arn in named if isinstance(named, list) else [named]:
                if ":role/" in arn and "*" not in arn:
                    yield place, arn
