"""What is known of IAM actions: which know no resource, which only tell, and which reach what must be kept."""

import json
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "unscoped_actions.json"

UNSCOPED_ACTIONS: Final = (
    "autoscaling:Describe*",
    "ce:Get*",
    "cloudwatch:GetMetric*",
    "ec2messages:*",
    "elasticloadbalancing:Describe*",
    "pricing:*",
    "savingsplans:Describe*",
    "servicequotas:Get*",
    "servicequotas:List*",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:*",
    "tag:Get*",
    "xray:GetSampling*",
    "xray:Put*",
)
"""Patterns of actions that know no resource; single actions stand in ``unscoped_actions.json``. From the resource-type
columns of the Service Authorization Reference of each service, read 2026-11."""

METADATA_ACTIONS: Final = (
    "*:Describe*",
    "*:List*",
    "acm:Get*",
    "autoscaling:Get*",
    "budgets:View*",
    "cloudtrail:Get*",
    "cloudwatch:Get*",
    "comprehend:BatchDetect*",
    "comprehend:Detect*",
    "config:Get*",
    "ec2:Get*",
    "ecr:GetLifecyclePolicy*",
    "ecr:GetRegistry*",
    "ecr:GetRepositoryPolicy",
    "elasticache:Get*",
    "guardduty:Get*",
    "iam:Get*",
    "iam:Simulate*",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "organizations:Get*",
    "polly:SynthesizeSpeech",
    "resource-explorer-2:Search",
    "route53:Get*",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "securityhub:Get*",
    "shield:Get*",
    "sns:GetTopicAttributes",
    "sqs:GetQueue*",
    "sts:Decode*",
    "translate:Translate*",
    "waf*:Get*",
)
"""Actions that tell what is there and how it is set, not what is in it, or that answer about what they are given."""

CONTROLLERS_ACTIONS: Final = (
    # The VPC CNI (docs/iam-policy.md of amazon-vpc-cni-k8s), and functions in a VPC (Lambda developer guide, "Execution
    # role").
    "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
    # Models, jobs and notebooks in a VPC (SageMaker AI developer guide, "How to use SageMaker AI execution roles").
    "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterfacePermission",
    # Draining machines that are about to go (aws-node-termination-handler, README).
    "autoscaling:CompleteLifecycleAction",
    # Load balancers for whoever writes an Ingress (docs/install/iam_policy.json of aws-load-balancer-controller).
    "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:RevokeSecurityGroupIngress",
    "elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:SetRulePriorities",
    "elasticloadbalancing:SetWebAcl", "waf-regional:AssociateWebACL", "waf-regional:DisassociateWebACL",
    "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "shield:CreateProtection", "shield:DeleteProtection",
    "cognito-idp:DescribeUserPoolClient",
    # Disks and their copies (EBS CSI driver's example policy; velero-plugin-for-aws, README).
    "ec2:AttachVolume", "ec2:CreateSnapshot", "ec2:CreateTags", "ec2:CreateVolume", "ec2:DeleteSnapshot",
    "ec2:DetachVolume", "ec2:ModifyVolume",
    # Logs of groups that are made on the way (CloudWatch Logs user guide, agents; Lambda developer guide).
    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy",
)  # fmt: skip
"""What published policies of controllers grant on ``*``, since the things it is for are not made yet (read 2026-11)."""

KEPT_ACTIONS: Final = (
    "backup:DeleteBackupVault", "backup:DeleteRecoveryPoint", "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging", "codecommit:GitPull", "dynamodb:BatchGetItem", "dynamodb:DeleteTable",
    "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "ec2:DeleteFlowLogs", "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot", "ec2:GetPasswordData", "guardduty:DeleteDetector", "kinesis:GetRecords",
    "kms:Decrypt", "kms:DisableKey", "kms:ScheduleKeyDeletion", "lambda:GetFunction", "logs:DeleteLogGroup",
    "rds-db:connect", "rds:DeleteDBCluster", "rds:DeleteDBInstance", "s3:DeleteBucket", "s3:DeleteObject",
    "s3:GetObject", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue", "ssm:GetParameter",
    "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath",
)  # fmt: skip
"""Actions that read what others wrote, or end it, or end the record of it: for them "every secret of the account" is as
wide as ``*`` (AWS FSBP, KMS.1, says so of keys; the others are their like; read 2026-11)."""


@cache
def unscoped_actions() -> frozenset[str]:
    """Actions that no resource can be named for, in lower case, so that ``*`` is the only way to grant them."""
    services = json.loads(_FILE.read_text(encoding="utf-8"))["actions"]
    return frozenset(f"{service}:{name}".lower() for service, names in services.items() for name in names)
