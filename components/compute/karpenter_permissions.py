"""What Karpenter's controller may do: make, tag and end only machines of this cluster.

The areas follow the policy in Karpenter's own getting-started CloudFormation template (documentation v1.12,
read 2026-11) and the calls that v1.14.1 makes (pkg/aws/sdk.go). Everything Karpenter makes carries the tags
of its cluster and of the pool or class it was made for, and only what carries them may be touched.
"""

from components.foundation.iam_document import Conditions, Statement
from components.foundation.names import Names

_READ = (
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribePlacementGroups",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
)


def controller_statements(names: Names) -> list[Statement]:
    """Typed statements of the controller's role."""
    owned = f"kubernetes.io/cluster/{names.cluster}"
    cluster_tag = "eks:eks-cluster-name"
    region_tag = "topology.kubernetes.io/region"
    own_machine: Conditions = {
        "StringEquals": {f"aws:ResourceTag/{owned}": "owned"},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }
    asked_for_pool = {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    asked_for_cluster = {f"aws:RequestTag/{owned}": "owned", f"aws:RequestTag/{cluster_tag}": names.cluster}
    own_profile = {f"aws:ResourceTag/{owned}": "owned", f"aws:ResourceTag/{region_tag}": names.region}
    asked_for_profile = {**asked_for_cluster, f"aws:RequestTag/{region_tag}": names.region}
    node_class = "karpenter.k8s.aws/ec2nodeclass"
    ec2 = f"arn:{names.partition}:ec2:{names.region}"
    made = [
        f"{ec2}:*:{kind}/*"
        for kind in (
            "fleet",
            "instance",
            "launch-template",
            "network-interface",
            "spot-instances-request",
            "volume",
        )
    ]
    profile = f"arn:{names.partition}:iam::{names.account}:instance-profile/*"
    return [
        Statement(
            sid="LaunchFromImagesAndSubnets",
            actions=["ec2:CreateFleet", "ec2:RunInstances"],
            resources=[
                f"{ec2}::image/*",
                f"{ec2}::snapshot/*",
                f"{ec2}:*:capacity-reservation/*",
                f"{ec2}:*:placement-group/*",
                f"{ec2}:*:security-group/*",
                f"{ec2}:*:subnet/*",
            ],
        ),
        Statement(
            sid="LaunchFromOwnLaunchTemplates",
            actions=["ec2:CreateFleet", "ec2:RunInstances"],
            resources=[f"{ec2}:*:launch-template/*"],
            conditions=own_machine,
        ),
        Statement(
            sid="CreateTaggedInstances",
            actions=["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
            resources=made,
            conditions={"StringEquals": asked_for_cluster, "StringLike": asked_for_pool},
        ),
        Statement(
            sid="TagOnCreate",
            actions=["ec2:CreateTags"],
            resources=made,
            conditions={
                "StringEquals": {
                    **asked_for_cluster,
                    "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                },
                "StringLike": asked_for_pool,
            },
        ),
        Statement(
            sid="TagOwnInstances",
            actions=["ec2:CreateTags"],
            resources=[f"{ec2}:*:instance/*"],
            conditions={
                **own_machine,
                "StringEqualsIfExists": {f"aws:RequestTag/{cluster_tag}": names.cluster},
                "ForAllValues:StringEquals": {"aws:TagKeys": [cluster_tag, "karpenter.sh/nodeclaim", "Name"]},
            },
        ),
        Statement(
            sid="TerminateOwnInstances",
            actions=["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            resources=[f"{ec2}:*:instance/*", f"{ec2}:*:launch-template/*"],
            conditions=own_machine,
        ),
        Statement(
            sid="DescribeEc2",
            actions=_READ,
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": names.region}},
            unscoped_because="EC2's describe actions have no resource level; narrowed to one region",
        ),
        Statement(
            sid="ReadImageParameters",
            actions=["ssm:GetParameter"],
            resources=[f"arn:{names.partition}:ssm:{names.region}::parameter/aws/service/*"],
        ),
        Statement(
            sid="ReadPrices",
            actions=["pricing:GetProducts"],
            resources=["*"],
            unscoped_because="the price list has no resources",
        ),
        Statement(
            sid="ReceiveInterruptionMessages",
            actions=["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            resources=[names.arn("sqs", names.queue("interruption"))],
        ),
        Statement(
            sid="PassNodeRole",
            actions=["iam:PassRole"],
            resources=[names.role_arn("karpenter-node")],
            conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Statement(
            sid="CreateInstanceProfiles",
            actions=["iam:CreateInstanceProfile"],
            resources=[profile],
            conditions={
                "StringEquals": asked_for_profile,
                "StringLike": {f"aws:RequestTag/{node_class}": "*"},
            },
        ),
        Statement(
            sid="TagOwnInstanceProfiles",
            actions=["iam:TagInstanceProfile"],
            resources=[profile],
            conditions={
                "StringEquals": {**own_profile, **asked_for_profile},
                "StringLike": {f"aws:RequestTag/{node_class}": "*", f"aws:ResourceTag/{node_class}": "*"},
            },
        ),
        Statement(
            sid="ChangeOwnInstanceProfiles",
            actions=[
                "iam:AddRoleToInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
            ],
            resources=[profile],
            conditions={
                "StringEquals": own_profile,
                "StringLike": {f"aws:ResourceTag/{node_class}": "*"},
            },
        ),
        Statement(sid="GetInstanceProfiles", actions=["iam:GetInstanceProfile"], resources=[profile]),
        Statement(
            sid="ListInstanceProfiles",
            actions=["iam:ListInstanceProfiles"],
            resources=["*"],
            unscoped_because="listing instance profiles has no resource level",
        ),
        Statement(
            sid="ReadZonalShifts",
            actions=["arc-zonal-shift:GetManagedResource"],
            resources=[names.cluster_arn],
        ),
        Statement(sid="DescribeCluster", actions=["eks:DescribeCluster"], resources=[names.cluster_arn]),
    ]
