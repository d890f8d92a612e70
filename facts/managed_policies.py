"""What the AWS managed policies that the platform attaches allow, so that the boundary can be held against them."""

from collections.abc import Mapping
from typing import Final

MANAGED_POLICIES: Final[Mapping[str, tuple[str, ...]]] = {
    # v1, 2026-04-16
    "AmazonEBSCSIDriverPolicyV2": (
        "ec2:AttachVolume", "ec2:CopyVolumes", "ec2:CreateSnapshot", "ec2:CreateTags", "ec2:CreateVolume",
        "ec2:DeleteSnapshot", "ec2:DeleteTags", "ec2:DeleteVolume", "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypes", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeVolumeStatus",
        "ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DetachVolume",
        "ec2:EnableFastSnapshotRestores", "ec2:LockSnapshot", "ec2:ModifyVolume",
    ),
    # v1, 2024-10-04
    "AmazonEC2ContainerRegistryPullOnly": (
        "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
    ),
    # v9, 2026-02-11
    "AmazonEKSClusterPolicy": (
        "autoscaling:DescribeAutoScalingGroups", "autoscaling:UpdateAutoScalingGroup", "ec2:AttachVolume",
        "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateRoute", "ec2:CreateSecurityGroup", "ec2:CreateTags",
        "ec2:CreateVolume", "ec2:DeleteNetworkInterface", "ec2:DeleteRoute", "ec2:DeleteSecurityGroup",
        "ec2:DeleteVolume", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses",
        "ec2:DescribeAvailabilityZones", "ec2:DescribeDhcpOptions", "ec2:DescribeInstanceTopology",
        "ec2:DescribeInstances", "ec2:DescribeInternetGateways", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVolumes",
        "ec2:DescribeVolumesModifications", "ec2:DescribeVpcs", "ec2:DetachVolume", "ec2:ModifyInstanceAttribute",
        "ec2:ModifyVolume", "ec2:RevokeSecurityGroupIngress", "elasticloadbalancing:AddTags",
        "elasticloadbalancing:ApplySecurityGroupsToLoadBalancer", "elasticloadbalancing:AttachLoadBalancerToSubnets",
        "elasticloadbalancing:ConfigureHealthCheck", "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateLoadBalancerListeners",
        "elasticloadbalancing:CreateLoadBalancerPolicy", "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteLoadBalancerListeners", "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DeregisterInstancesFromLoadBalancer", "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancerPolicies", "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DetachLoadBalancerFromSubnets",
        "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:SetLoadBalancerPoliciesForBackendServer",
        "elasticloadbalancing:SetLoadBalancerPoliciesOfListener", "iam:CreateServiceLinkedRole", "kms:DescribeKey",
    ),
    # v3, 2023-11-27
    "AmazonEKSWorkerNodePolicy": (
        "ec2:DescribeInstanceTypes", "ec2:DescribeInstances", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeVpcs",
        "eks-auth:AssumeRoleForPodIdentity", "eks:DescribeCluster",
    ),
    # v6, 2026-03-04
    "AmazonEKS_CNI_Policy": (
        "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:CreateTags",
        "ec2:DeleteNetworkInterface", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
        "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses",
    ),
}  # fmt: skip
"""Actions by policy name, at the version and date on the line above each (AWS Managed Policy Reference Guide, as
kept by the public archives of it, read 2026-11). AWS may add to them; then the boundary is what stays."""

EBS_IN_THE_CALLERS_NAME: Final = (
    "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)  # fmt: skip
"""What EBS asks of the key in the name of whoever makes an encrypted volume or starts a machine with one, even
where the key is ``aws/ebs`` (EBS user guide, "How Amazon EBS encryption works", read 2026-11)."""

BROAD_POLICIES: Final = frozenset({
    "AIDevOpsAgentActionsPolicy", "AWSAppSyncAdministrator", "AWSBackupOperatorAccess",
    "AWSBackupOrganizationAdminAccess", "AWSCloud9Administrator", "AWSCloud9EnvironmentMember",
    "AWSCloud9User", "AWSCodeBuildAdminAccess", "AWSCodeBuildDeveloperAccess", "AWSCodeDeployDeployerAccess",
    "AWSConnector", "AWSDeepRacerCloudFormationAccessPolicy", "AWSElasticBeanstalkCustomPlatformforEC2Role",
    "AWSLambdaExecute", "AWSSSODirectoryAdministrator", "AWSSSOMasterAccountAdministrator",
    "AWSSSOMemberAccountAdministrator", "AWSSecretsManagerClientReadOnlyAccess",
    "AWSSystemsManagerJustInTimeAccessTokenPolicy", "AdministratorAccess",
    "AdministratorAccess-AWSElasticBeanstalk", "AdministratorAccess-Amplify",
    "AmazonDynamoDBFullAccesswithDataPipeline", "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2RolePolicyForLaunchWizard", "AmazonEC2RoleforSSM", "AmazonEMRFullAccessPolicy_v2",
    "AmazonS3ReadOnlyAccess", "AmazonSSMReadOnlyAccess", "AmazonSageMakerPipelinesIntegrations",
    "AmazonSecurityLakeAdministrator", "ConsoleFullAccessFromVercel", "DataScientist",
    "DatabaseAdministrator", "EC2InstanceConnect", "PowerUserAccess", "SageMakerStudioAdminIAMConsolePolicy",
    "SageMakerStudioAdminIAMDefaultExecutionPolicy", "SageMakerStudioAdminIAMPermissiveExecutionPolicy",
    "SageMakerStudioUserIAMDefaultExecutionPolicy", "SageMakerStudioUserIAMPermissiveExecutionPolicy",
    "SecretsManagerReadWrite", "SystemAdministrator",
})  # fmt: skip
"""AWS managed policies besides the ones called FullAccess that open a way to more permissions (see
``facts/escalation.yaml``) or read every bucket, table, secret or parameter of an account: their documents as moto 5.2.5
carries them, evaluated 2026-11-25. Those that services ask for, for roles of their own, are left out, as is
``ReadOnlyAccess``, which is for people."""
