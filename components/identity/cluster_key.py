"""Who may use the key of Kubernetes secrets and control-plane logs."""

from components.foundation.iam_document import Statement, document
from components.foundation.names import Names

USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
MANAGE = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    # A key whose deletion was taken back is disabled until somebody enables it.
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RetireGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


LOGS_USE = ("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""As CloudWatch Logs asks for it (its user guide, "Encrypt log data using AWS KMS", read 2026-11-28)."""
GRANT = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
"""What lets a service of AWS use the key for whoever asks it to: EKS, ECR and EBS work by grants."""


def account_may_manage(names: Names) -> tuple[Statement, Statement]:
    """Lets the account's own IAM policies manage the key, but not use it: without this nobody ever could.

    Grants are for services of AWS only, or whoever may make one would let themselves decrypt by it. The key's policy
    can still be changed, by who may do that.
    """
    manages = Statement(
        sid="AccountAdministersKey",
        actions=MANAGE,
        resources=["*"],
        principals={"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]},
        unscoped_because="in a key policy the resource is always this key",
    )
    grants = Statement(
        sid="AccountCreatesGrantsForServices",
        actions=GRANT,
        resources=["*"],
        principals=manages.principals,
        conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        unscoped_because="in a key policy the resource is always this key",
    )
    return manages, grants


def logs_may_use(names: Names, log_group: str) -> Statement:
    """Lets CloudWatch Logs encrypt one group, or one prefix of groups, with the key."""
    return Statement(
        sid="CloudWatchLogsUsesKey",
        actions=LOGS_USE,
        resources=["*"],
        principals={"Service": [f"logs.{names.region}.amazonaws.com"]},
        conditions={
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": names.arn("logs", f"log-group:{log_group}")}
        },
        unscoped_because="in a key policy the resource is always this key",
    )


def role_may_use(names: Names, sid: str, capability: str, actions: tuple[str, ...] = USE) -> Statement:
    """Lets one platform role use the key, where its own policy does too."""
    return principal_may_use(names, sid, names.role_arn(capability), actions)


def principal_may_use(names: Names, sid: str, role_arn: str, actions: tuple[str, ...]) -> Statement:
    """The same for a role by its ARN, one that was made elsewhere."""
    return Statement(
        sid=sid,
        actions=actions,
        resources=["*"],
        # A condition instead of a principal: a key policy is refused while the role it names does not exist.
        principals={"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]},
        conditions={"ArnEquals": {"aws:PrincipalArn": role_arn}},
        unscoped_because="in a key policy the resource is always this key",
    )


def secrets_statement(names: Names) -> Statement:
    """The control plane's half of its permission: a key policy that names an account needs both."""
    return Statement(
        sid="EncryptSecrets",
        actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
        resources=[names.arn("kms", "key/*")],
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("cluster")}},
    )


def cluster_key_policy(names: Names, deploy_role_arn: str) -> str:
    """The account manages; the control plane and CloudWatch Logs use; the deploy role grants it to EKS."""
    return document(
        *account_may_manage(names),
        role_may_use(names, "ClusterUsesKey", "cluster", (*USE, "kms:CreateGrant")),
        principal_may_use(
            names, "DeployRoleCreatesGrants", deploy_role_arn, ("kms:CreateGrant", "kms:DescribeKey")
        ),
        logs_may_use(names, f"/aws/eks/{names.cluster}/cluster"),
    )
