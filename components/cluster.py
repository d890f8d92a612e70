"""The EKS control plane: private, encrypted, logged, entered by named identities only."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Literal

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field

from components.base import Handle, PlatformComponent, Settings
from components.cluster_key import cluster_key_policy
from components.iam_document import service_trust
from components.names import Names
from components.network import NetworkHandle
from facts.pins import add_ons
from facts.strict import Slug

KUBERNETES_VERSION = "1.35"
"""In standard support until 2027-03-27 (endoflife.date, read 2026-11)."""
BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
_CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy/{}"


def _narrow(cidr: str) -> str:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        raise ValueError(f"not an address range such as 203.0.113.0/24 (got {cidr!r})") from None
    if network.prefixlen < 16:  # noqa: PLR2004 the message names it
        raise ValueError(f"opens the Kubernetes API to more than a /16 (got {cidr!r})")
    return cidr


Cidr = Annotated[str, AfterValidator(_narrow)]


class AccessSettings(Settings):
    """One entry of ``cluster.access``: an IAM principal and what it may do in the whole cluster."""

    principal_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+$")]
    policy: Literal["AmazonEKSAdminViewPolicy", "AmazonEKSViewPolicy", "AmazonEKSClusterAdminPolicy"] = (
        "AmazonEKSViewPolicy"
    )


class ClusterSettings(Settings):
    """``cluster:`` in a stack file."""

    public_access_cidrs: list[Cidr] = Field(default_factory=list)
    """Empty: the API server has no public endpoint, and ``pulumi up`` must run inside the VPC."""
    log_retention_days: Literal[90, 180, 365, 731] = 365
    access: dict[Slug, AccessSettings] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What :class:`Cluster` needs."""

    settings: ClusterSettings
    names: Names
    network: NetworkHandle


@dataclass(frozen=True, kw_only=True)
class ClusterHandle(Handle):
    """What others may use of :class:`Cluster`."""

    name: pulumi.Input[str]
    arn: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str]
    security_group_id: pulumi.Input[str]


class Cluster(PlatformComponent):
    """An EKS cluster nobody is an administrator of by having created it.

    The deploy role gets its own access entry; ``ready`` waits for that and for the add-ons a node needs
    before it can join.
    """

    TYPE = "slipway:cluster:Cluster"

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, names = args.settings, args.names
        key = aws.kms.Key(
            f"{name}-key",
            description="Kubernetes secrets and control-plane logs",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=cluster_key_policy(names),
            tags=self.tags(f"{name}-key"),
            opts=self.child_opts(protect=True),
        )
        aws.kms.Alias(f"{name}-key", name=names.key_alias("cluster"), target_key_id=key.id, opts=self.child_opts())
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{names.cluster}/cluster",
            retention_in_days=settings.log_retention_days,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-logs"),
            opts=self.child_opts(),
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role("cluster"),
            assume_role_policy=service_trust("eks.amazonaws.com", {"StringEquals": {"aws:SourceAccount": names.account}}),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-role",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=self.child_opts(),
        )
        cluster = aws.eks.Cluster(
            f"{name}-control-plane",
            name=names.cluster,
            version=KUBERNETES_VERSION,
            role_arn=role.arn,
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            bootstrap_self_managed_addons=False,
            deletion_protection=True,
            enabled_cluster_log_types=_CONTROL_PLANE_LOGS,
            encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            vpc_config={
                "subnet_ids": args.network.node_subnet_ids,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(settings.public_access_cidrs),
                "public_access_cidrs": list(settings.public_access_cidrs) or None,
            },
            tags=self.tags(f"{name}-control-plane"),
            # EKS would create the log group itself, without retention or key; and without its policy the role
            # cannot make the network interfaces of the control plane.
            opts=self.child_opts(depends_on=[logs, attachment, *args.network.ready], protect=True),
        )
        entries = {
            "deploy": AccessSettings(principal_arn=names.role_arn("deploy"), policy="AmazonEKSClusterAdminPolicy"),
            **settings.access,
        }
        ready: list[pulumi.Resource] = [self._access(f"{name}-access-{who}", names, cluster, e) for who, e in entries.items()]
        aws.ec2.Tag(
            f"{name}-group-discovery",
            resource_id=cluster.vpc_config.cluster_security_group_id,
            key="karpenter.sh/discovery",
            value=names.cluster,
            opts=self.child_opts(),
        )
        ready.extend(self._add_on(f"{name}-{add_on}", add_on, cluster) for add_on in BEFORE_NODES)
        self.handle = ClusterHandle(
            name=names.cluster,
            arn=names.cluster_arn,
            endpoint=cluster.endpoint,
            certificate_authority=cluster.certificate_authority.data,
            security_group_id=cluster.vpc_config.cluster_security_group_id,
            ready=(cluster, *ready),
        )
        self.register_outputs({})

    def _access(self, name: str, names: Names, cluster: aws.eks.Cluster, access: AccessSettings) -> pulumi.Resource:
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=names.cluster,
            principal_arn=access.principal_arn,
            type="STANDARD",
            tags=self.tags(name),
            # The cluster is named by a complete string, so Pulumi cannot see the dependency.
            opts=self.child_opts(depends_on=[cluster]),
        )
        return aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=names.cluster,
            principal_arn=access.principal_arn,
            policy_arn=_POLICY_ARN.format(access.policy),
            access_scope={"type": "cluster"},
            # A policy cannot be associated before its entry exists.
            opts=self.child_opts(depends_on=[entry]),
        )

    def _add_on(self, name: str, add_on: str, cluster: aws.eks.Cluster) -> pulumi.Resource:
        return aws.eks.Addon(
            name,
            cluster_name=cluster.name,
            addon_name=add_on,
            addon_version=add_ons()[add_on].version,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            # Without it the VPC CNI ignores every NetworkPolicy.
            configuration_values='{"enableNetworkPolicy": "true"}' if add_on == "vpc-cni" else None,
            tags=self.tags(name),
            opts=self.child_opts(),
        )
