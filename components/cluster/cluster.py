"""The EKS control plane: private, encrypted, logged, entered by named identities only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.cluster.cluster_access import AccessSettings, ClusterAccess, access_problem
from components.cluster.existing_cluster import ExistingCluster
from components.cluster.node_prerequisites import NodePrerequisites
from components.foundation.api_ingress import Cidr, SecurityGroupId, api_ingress
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import document, service_trust
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.role_arn import RoleArn
from components.foundation.well_known import KUBERNETES_VERSION
from components.identity.cluster_key import cluster_key_policy, secrets_statement
from components.network.network import NetworkHandle
from facts.strict import Slug

LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class ClusterSettings(Settings):
    """``cluster:`` in a stack file."""

    public_access_cidrs: list[Cidr] = Field(default_factory=list)
    """Empty: the API server has no public endpoint, and ``pulumi up`` must run inside the VPC."""
    log_retention_days: Literal[90, 180, 365, 731] = 365
    private_access_cidrs: list[Cidr] = Field(default_factory=list)
    """Ranges of joined networks whose hosts reach the private API."""
    private_access_security_groups: list[SecurityGroupId] = Field(default_factory=list)
    """Security groups, made elsewhere, whose members reach the private API: a runner's, a bastion's."""
    deploy_role_arn: RoleArn | None = None
    """The role that runs ``pulumi up``; None: the platform's own ``deploy`` role."""
    preview_role_arn: RoleArn | None = None
    """The role that runs ``pulumi preview``; None: the platform's own ``preview`` role."""
    access: dict[Slug, AccessSettings] = Field(default_factory=dict)
    existing: ExistingCluster | None = None
    """A cluster that somebody else made stands where ours would; then only roles may be said besides."""

    @model_validator(mode="after")
    def _is_ours_or_somebody_elses(self) -> Self:
        said = sorted(self.model_fields_set - {"existing", "deploy_role_arn", "preview_role_arn", "access"})
        if self.existing is not None and said:
            raise ValueError(f"existing: the cluster is made by its owner; take out {', '.join(said)}")
        return self

    @model_validator(mode="after")
    def _entries_are_distinct(self) -> Self:
        problem = access_problem(self.access, self.deploy_role_arn, self.preview_role_arn)
        if problem:
            raise ValueError(problem)
        return self


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What :class:`Cluster` needs."""

    settings: ClusterSettings
    names: Names
    network: NetworkHandle
    lifecycle: Lifecycle = DURABLE


@dataclass(frozen=True, kw_only=True)
class ClusterHandle(Handle):
    """What others may use of :class:`Cluster`."""

    name: pulumi.Input[str]
    arn: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    version: pulumi.Input[str] = KUBERNETES_VERSION


class Cluster(PlatformComponent):
    """An EKS cluster nobody is an administrator of by having created it.

    The deploy role gets its own access entry; ``ready`` waits for that and for the add-ons a node needs
    before it can join.
    """

    TYPE = "slipway:cluster:Cluster"

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, names = args.settings, args.names
        deploy_role_arn = settings.deploy_role_arn or names.role_arn("deploy")
        key = self._key(name, args, deploy_role_arn)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{names.cluster}/cluster",
            retention_in_days=args.lifecycle.log_days(settings.log_retention_days),
            skip_destroy=args.lifecycle.protects,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-logs"),
            opts=self.child_opts(),
        )
        cluster = self._control_plane(name, args, key, [logs, *args.network.ready])
        access = ClusterAccess(
            f"{name}-access",
            names=names,
            deploy_role_arn=deploy_role_arn,
            preview_role_arn=settings.preview_role_arn or names.role_arn("preview"),
            access=settings.access,
            cluster_name=cluster.name,
            opts=self.child_opts(),
        )
        api_ingress(
            self,
            name,
            cluster.vpc_config.cluster_security_group_id,
            settings.private_access_cidrs,
            settings.private_access_security_groups,
        )
        # Karpenter finds its nodes' security group by this tag; EKS makes the group and cannot tag it.
        aws.ec2.Tag(
            f"{name}-group-discovery",
            resource_id=cluster.vpc_config.cluster_security_group_id,
            key="karpenter.sh/discovery",
            value=names.cluster,
            opts=self.child_opts(),
        )
        prerequisites = NodePrerequisites(
            f"{name}-nodes-need", names=names, cluster_name=cluster.name, opts=self.child_opts()
        )
        self.handle = ClusterHandle(
            name=names.cluster,
            arn=names.cluster_arn,
            endpoint=cluster.endpoint,
            certificate_authority=cluster.certificate_authority.data,
            security_group_id=cluster.vpc_config.cluster_security_group_id,
            ready=(cluster, *access.ready, *prerequisites.ready),
        )
        self.register_outputs({})

    def _key(self, name: str, args: ClusterArgs, deploy_role_arn: str) -> aws.kms.Key:
        names = args.names
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Kubernetes secrets and control-plane logs",
            policy=cluster_key_policy(names, deploy_role_arn),
            alias=names.key_alias("cluster"),
            lifecycle=args.lifecycle,
        )
        return key

    def _control_plane(
        self, name: str, args: ClusterArgs, key: aws.kms.Key, after: list[pulumi.Resource]
    ) -> aws.eks.Cluster:
        settings, names = args.settings, args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role("cluster"),
            assume_role_policy=service_trust(
                "eks.amazonaws.com", {"StringEquals": {"aws:SourceAccount": names.account}}
            ),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-role-policy",
            role=role.name,
            policy_arn=f"arn:{names.partition}:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=self.child_opts(),
        )
        secrets = aws.iam.RolePolicy(
            f"{name}-role-secrets",
            role=role.name,
            policy=document(secrets_statement(names)),
            opts=self.child_opts(),
        )
        return aws.eks.Cluster(
            f"{name}-control-plane",
            name=names.cluster,
            version=KUBERNETES_VERSION,
            role_arn=role.arn,
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            bootstrap_self_managed_addons=False,
            deletion_protection=args.lifecycle.protects,
            enabled_cluster_log_types=list(LOG_TYPES),
            encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            vpc_config={
                # Of its own: EKS refuses other zones later, while nodes may get one more.
                "subnet_ids": args.network.control_plane_subnet_ids,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(settings.public_access_cidrs),
                "public_access_cidrs": list(settings.public_access_cidrs) or None,
            },
            tags=self.tags(f"{name}-control-plane"),
            # EKS would create the log group itself, without retention or key; without its policies the role
            # can neither make the control plane's network interfaces nor use the key.
            opts=self.child_opts(depends_on=[attachment, secrets, *after], protect=args.lifecycle.protects),
        )
