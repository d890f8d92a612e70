"""IAM actions that no resource can be named for, so that ``*`` is the only way to grant them."""

from typing import Final

UNSCOPED_ACTIONS: Final = (
    "autoscaling:Describe*",
    "ce:Get*",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetric*",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "ec2:Describe*",
    "ec2:GetSpotPlacementScores",
    "ecr:GetAuthorizationToken",
    "eks:DescribeAddonVersions",
    "eks:ListClusters",
    "eks-auth:AssumeRoleForPodIdentity",
    "elasticloadbalancing:Describe*",
    "iam:ListInstanceProfiles",
    "iam:ListRoles",
    "kms:GenerateRandom",
    "kms:ListAliases",
    "kms:ListKeys",
    "logs:DescribeLogGroups",
    "pricing:*",
    "route53:GetHostedZoneCount",
    "route53:ListHostedZones*",
    "s3:ListAllMyBuckets",
    "savingsplans:Describe*",
    "servicequotas:Get*",
    "servicequotas:List*",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:*",
    "sts:GetCallerIdentity",
    "tag:Get*",
    "xray:GetSampling*",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""From the resource-type columns of the Service Authorization Reference of each service, read 2026-11; only
actions that pods, nodes and controllers of such a platform ask for."""
