"""What Karpenter's controller may do: make, tag and end only machines of this cluster.

The areas follow Karpenter v1.14.1's reference policy (its CloudFormation template); resources are narrowed
by the tag that Karpenter puts on everything it makes.
"""

from components.iam_document import Statement
from components.names import Names

_READ = (
    "ec2:DescribeAvailabilityZones",
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
    ec2 = f"arn:{names.partition}:ec2:{names.region}"
    made = [
        f"{ec2}:*:{kind}/*"
        for kind in ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
    ]
    profile = f"arn:{names.partition}:iam::{names.account}:instance-profile/*"
    return [
        Statement(
            sid="LaunchFrom",
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
            sid="LaunchFromOwnTemplate",
            actions=["ec2:CreateFleet", "ec2:RunInstances"],
            resources=[f"{ec2}:*:launch-template/*"],
            conditions={
                "StringEquals": {f"aws:ResourceTag/{owned}": "owned"},
                "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
            },
        ),
        Statement(
            sid="MakeTagged",
            actions=["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
            resources=made,
            conditions={
                "StringEquals": {f"aws:RequestTag/{owned}": "owned", "aws:RequestTag/eks:eks-cluster-name": names.cluster},
                "StringLike": {"aws:RequestTag/karpenter.sh/nodepool": "*"},
            },
        ),
        Statement(
            sid="TagWhatItMakes",
            actions=["ec2:CreateTags"],
            resources=made,
            conditions={
                "StringEquals": {
                    f"aws:RequestTag/{owned}": "owned",
                    "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                }
            },
        ),
        Statement(
            sid="TagOwnInstances",
            actions=["ec2:CreateTags"],
            resources=[f"{ec2}:*:instance/*"],
            conditions={
                "StringEquals": {f"aws:ResourceTag/{owned}": "owned"},
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
                },
            },
        ),
        Statement(
            sid="EndOwn",
            actions=["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            resources=[f"{ec2}:*:instance/*", f"{ec2}:*:launch-template/*"],
            conditions={"StringEquals": {f"aws:ResourceTag/{owned}": "owned"}},
        ),
        Statement(
            sid="LookAround",
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
            sid="ReadInterruptions",
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
            sid="MakeProfiles",
            actions=["iam:CreateInstanceProfile", "iam:TagInstanceProfile"],
            resources=[profile],
            conditions={
                "StringEquals": {
                    f"aws:RequestTag/{owned}": "owned",
                    "aws:RequestTag/topology.kubernetes.io/region": names.region,
                }
            },
        ),
        Statement(
            sid="UseOwnProfiles",
            actions=["iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
            resources=[profile],
            conditions={"StringEquals": {f"aws:ResourceTag/{owned}": "owned"}},
        ),
        Statement(sid="ReadProfiles", actions=["iam:GetInstanceProfile"], resources=[profile]),
        Statement(
            sid="ListProfiles",
            actions=["iam:ListInstanceProfiles"],
            resources=["*"],
            unscoped_because="listing instance profiles has no resource level",
        ),
        Statement(sid="FindApiServer", actions=["eks:DescribeCluster"], resources=[names.cluster_arn]),
    ]
