"""What AWS's load balancer controller may do: make, change and end only what carries the tag of this cluster.

The areas follow upstream's docs/install/iam_policy.json at v3.2.2. Left out is what a network load balancer with
addresses as targets never asks for: certificates, rules, firewalls, Shield, Cognito, pools of addresses, reserved
capacity. Where upstream asks only that the tag of some cluster is there, this asks for this cluster's; where it
opens every security group, this opens those that EKS tagged as this cluster's own.
"""

from typing import Final

from components.foundation.iam_document import Conditions, Statement
from components.foundation.names import Names

OWNER_TAG: Final = "elbv2.k8s.aws/cluster"
"""What the controller writes on all it makes (pkg/deploy/tracking/provider.go)."""
SERVICE_ROLE: Final = (
    "role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"
)

_READ: Final = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)


def controller_statements(names: Names) -> list[Statement]:
    """Typed statements of the controller's role."""
    return [*_on_balancers(names), *_on_groups(names), *_on_surroundings(names)]


def _on_balancers(names: Names) -> list[Statement]:
    own: Conditions = {"StringEquals": {f"aws:ResourceTag/{OWNER_TAG}": names.cluster}}
    asked = {f"aws:RequestTag/{OWNER_TAG}": names.cluster}
    elb = f"arn:{names.partition}:elasticloadbalancing:{names.region}:{names.account}"
    balancers, targets = f"{elb}:loadbalancer/net/*/*", f"{elb}:targetgroup/*/*"
    listeners = f"{elb}:listener/net/*/*/*"
    return [
        Statement(
            sid="CreateTaggedLoadBalancers",
            actions=["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
            resources=[balancers, targets],
            conditions={"StringEquals": asked},
        ),
        Statement(
            sid="TagOnCreate",
            actions=["elasticloadbalancing:AddTags"],
            resources=[balancers, listeners, targets],
            conditions={
                "StringEquals": {
                    **asked,
                    "elasticloadbalancing:CreateAction": [
                        "CreateListener",
                        "CreateLoadBalancer",
                        "CreateTargetGroup",
                    ],
                }
            },
        ),
        Statement(
            sid="TagOwnLoadBalancers",
            actions=["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
            resources=[balancers, listeners, targets],
            # Nothing changes hands: the tag itself cannot be written anew.
            conditions={**own, "Null": {f"aws:RequestTag/{OWNER_TAG}": "true"}},
        ),
        Statement(
            sid="ModifyOwnLoadBalancers",
            actions=[
                "elasticloadbalancing:CreateListener",
                "elasticloadbalancing:DeleteLoadBalancer",
                "elasticloadbalancing:ModifyLoadBalancerAttributes",
                "elasticloadbalancing:SetIpAddressType",
                "elasticloadbalancing:SetSecurityGroups",
                "elasticloadbalancing:SetSubnets",
            ],
            resources=[balancers],
            conditions=own,
        ),
        Statement(
            sid="ModifyOwnListeners",
            actions=[
                "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:ModifyListenerAttributes",
            ],
            resources=[listeners],
            conditions=own,
        ),
        Statement(
            sid="ModifyOwnTargetGroups",
            actions=[
                "elasticloadbalancing:DeleteTargetGroup",
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:ModifyTargetGroup",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:RegisterTargets",
            ],
            resources=[targets],
            conditions=own,
        ),
    ]


def _on_groups(names: Names) -> list[Statement]:
    asked = {f"aws:RequestTag/{OWNER_TAG}": names.cluster}
    own: Conditions = {"StringEquals": {f"aws:ResourceTag/{OWNER_TAG}": names.cluster}}
    ec2 = f"arn:{names.partition}:ec2:{names.region}:{names.account}"
    groups = f"{ec2}:security-group/*"
    rules = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    return [
        Statement(
            sid="CreateSecurityGroupsInVpc", actions=["ec2:CreateSecurityGroup"], resources=[f"{ec2}:vpc/*"]
        ),
        Statement(
            sid="CreateTaggedSecurityGroups",
            actions=["ec2:CreateSecurityGroup"],
            resources=[groups],
            conditions={"StringEquals": asked},
        ),
        Statement(
            sid="TagSecurityGroupsOnCreate",
            actions=["ec2:CreateTags"],
            resources=[groups],
            conditions={"StringEquals": {**asked, "ec2:CreateAction": "CreateSecurityGroup"}},
        ),
        Statement(
            sid="TagOwnSecurityGroups",
            actions=["ec2:CreateTags", "ec2:DeleteTags"],
            resources=[groups],
            conditions={**own, "Null": {f"aws:RequestTag/{OWNER_TAG}": "true"}},
        ),
        Statement(
            sid="ModifyOwnSecurityGroups",
            actions=[*rules, "ec2:DeleteSecurityGroup"],
            resources=[groups],
            conditions=own,
        ),
        Statement(
            sid="OpenPortsOfPods",
            actions=rules,
            resources=[groups],
            # EKS tags the cluster's own group so; pods share it.
            conditions={"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{names.cluster}": "owned"}},
        ),
    ]


def _on_surroundings(names: Names) -> list[Statement]:
    return [
        Statement(
            sid="DescribeLoadBalancers",
            actions=_READ,
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": names.region}},
            unscoped_because="describe actions of EC2 and ELB have no resource level; narrowed to one region",
        ),
        Statement(
            sid="CreateServiceLinkedRole",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[f"arn:{names.partition}:iam::{names.account}:{SERVICE_ROLE}"],
            conditions={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
        ),
    ]
