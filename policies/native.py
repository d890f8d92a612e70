"""Types of the AWS Cloud Control provider (aws-native), as the types of pulumi-aws that rules know.

Its resources are CloudFormation's: the same documents under other property names. Only what decides who may do what is
read so; whatever else there is of that provider is listed as not judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from policies.record import Resource


@dataclass(frozen=True)
class _As:
    """The type of pulumi-aws, and its property for each that is called otherwise."""

    type: str
    names: Mapping[str, str] = field(default_factory=dict)


_HELD: Final = {"policies": "inlinePolicies"}
_ATTACHED: Final = {"policyDocument": "policy"}
_TYPES: Final[Mapping[str, _As]] = {
    "aws-native:iam:Group": _As("aws:iam/group:Group", {"groupName": "name", **_HELD}),
    "aws-native:iam:GroupPolicy": _As(
        "aws:iam/groupPolicy:GroupPolicy", {"groupName": "group", "policyName": "name", **_ATTACHED}
    ),
    "aws-native:iam:ManagedPolicy": _As("aws:iam/policy:Policy", {"managedPolicyName": "name", **_ATTACHED}),
    "aws-native:iam:Policy": _As("aws:iam/policy:Policy", {"policyName": "name", **_ATTACHED}),
    "aws-native:iam:Role": _As(
        "aws:iam/role:Role",
        {"roleName": "name", "assumeRolePolicyDocument": "assumeRolePolicy", **_HELD},
    ),
    "aws-native:iam:RolePolicy": _As(
        "aws:iam/rolePolicy:RolePolicy", {"roleName": "role", "policyName": "name", **_ATTACHED}
    ),
    "aws-native:iam:User": _As("aws:iam/user:User", {"userName": "name", **_HELD}),
    "aws-native:iam:UserPolicy": _As(
        "aws:iam/userPolicy:UserPolicy", {"userName": "user", "policyName": "name", **_ATTACHED}
    ),
    "aws-native:kms:Key": _As(
        "aws:kms/key:Key",
        {
            "keyPolicy": "policy",
            "keySpec": "customerMasterKeySpec",
            "pendingWindowInDays": "deletionWindowInDays",
        },
    ),
    "aws-native:kms:ReplicaKey": _As("aws:kms/replicaKey:ReplicaKey", {"keyPolicy": "policy"}),
    "aws-native:lambda:Permission": _As(
        "aws:lambda/permission:Permission", {"functionName": "function", "principalOrgID": "principalOrgId"}
    ),
}
NATIVE_POLICIES: Final[Mapping[str, str]] = {
    "aws-native:apigateway:RestApi": "policy",
    "aws-native:backup:BackupVault": "accessPolicy",
    "aws-native:cloudtrail:ResourcePolicy": "resourcePolicy",
    "aws-native:codeartifact:Domain": "permissionsPolicyDocument",
    "aws-native:codeartifact:Repository": "permissionsPolicyDocument",
    "aws-native:dynamodb:Table": "resourcePolicy.policyDocument",
    "aws-native:ecr:RegistryPolicy": "policyText",
    "aws-native:ecr:Repository": "repositoryPolicyText",
    "aws-native:efs:FileSystem": "fileSystemPolicy",
    "aws-native:events:EventBus": "policy",
    "aws-native:events:EventBusPolicy": "statement",
    "aws-native:kinesis:ResourcePolicy": "resourcePolicy",
    "aws-native:lex:ResourcePolicy": "policy",
    "aws-native:logs:Destination": "destinationPolicy",
    "aws-native:logs:ResourcePolicy": "policyDocument",
    "aws-native:msk:ClusterPolicy": "policy",
    "aws-native:opensearchservice:Domain": "accessPolicies",
    "aws-native:organizations:ResourcePolicy": "content",
    "aws-native:s3:AccessPoint": "policy",
    "aws-native:s3:BucketPolicy": "policyDocument",
    "aws-native:s3:MultiRegionAccessPointPolicy": "policy",
    "aws-native:s3objectlambda:AccessPointPolicy": "policyDocument",
    "aws-native:s3tables:TableBucketPolicy": "resourcePolicy",
    "aws-native:s3tables:TablePolicy": "resourcePolicy",
    "aws-native:secretsmanager:ResourcePolicy": "resourcePolicy",
    "aws-native:sns:TopicInlinePolicy": "policyDocument",
    "aws-native:sns:TopicPolicy": "policyDocument",
    "aws-native:sqs:QueueInlinePolicy": "policyDocument",
    "aws-native:sqs:QueuePolicy": "policyDocument",
    "aws-native:vpclattice:AuthPolicy": "policy",
    "aws-native:vpclattice:ResourcePolicy": "policy",
    "aws-native:xray:ResourcePolicy": "policyDocument",
}
"""Where its resources keep their policy (CloudFormation resource reference, read 2026-11)."""


def as_known(resource: Resource) -> Resource:
    """The resource as rules know its type; any other one as it is."""
    known = _TYPES.get(resource.type)
    if known is None:
        return resource
    return replace(
        resource,
        type=known.type,
        inputs=_renamed(resource.inputs, known.names),
        outputs=_renamed(resource.outputs, known.names),
        property_dependencies={
            known.names.get(key, key): urns for key, urns in resource.property_dependencies.items()
        },
    )


def _renamed(said: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {names.get(key, key): value for key, value in said.items()}
    inline = found.get("inlinePolicies")
    if isinstance(inline, list | tuple):
        found["inlinePolicies"] = [_inline(policy) for policy in inline]
    return found


def _inline(policy: Any) -> Any:
    if not isinstance(policy, Mapping):
        return policy
    called = {"policyName": "name", "policyDocument": "policy"}
    return {called.get(key, key): value for key, value in policy.items()}
