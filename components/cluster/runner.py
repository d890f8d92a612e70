"""What runs the workflows' jobs inside a network: a CodeBuild project that takes jobs from GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document, service_trust
from components.foundation.lifecycle import DURABLE
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage, logs_may_use

RUNNER: Final = "runner"
_SERVICE: Final = "codebuild.amazonaws.com"
_IMAGE: Final = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
"""An image that AWS keeps for its runners (CodeBuild user guide, "Compute images supported with the CodeBuild-hosted
GitHub Actions runner", read 2026-11-30)."""
_SIZES: Final = {
    "small": "BUILD_GENERAL1_SMALL",
    "medium": "BUILD_GENERAL1_MEDIUM",
    "large": "BUILD_GENERAL1_LARGE",
}
_MINUTES: Final = 240
"""As long as a session of a deploy role."""
_ARN: Final = re.compile(r"^arn:[a-z-]+:codeconnections:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):")


class RunnerSettings(Settings):
    """One entry of ``runners:`` in the bootstrap's stack file, under the name of the platform's stack."""

    connection_arn: Annotated[
        str, Field(pattern=r"^arn:aws[a-z-]*:codeconnections:[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}$")
    ]
    """The connection to GitHub, which a person has accepted in the console."""
    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
    subnet_ids: list[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]] = Field(min_length=1)
    """Subnets of nodes: private, with a way out."""
    workflows: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]] = Field(
        default=["nightly", "pulumi-preview", "up"], min_length=1
    )
    """The workflows whose jobs it takes, by their names."""
    size: Literal["small", "medium", "large"] = "medium"
    log_retention_days: Literal[30, 90, 180, 365, 731] = 365

    def elsewhere(self, account: str, region: str) -> Iterator[str]:
        """What the connection says of account and region that is not the bootstrap's."""
        found = _ARN.match(self.connection_arn)
        for part, mine in (("account", account), ("region", region)):
            if found is not None and found[part] != mine:
                yield f"connection_arn: lies in {part} {found[part]!r}, this bootstrap in {mine!r}"


@dataclass(frozen=True, kw_only=True)
class RunnerArgs:
    """What :class:`Runner` needs; ``names`` are those of the platform whose network it stands in."""

    settings: RunnerSettings
    names: Names
    repository: str
    boundary_arn: str


@dataclass(frozen=True, kw_only=True)
class RunnerHandle(Handle):
    """What people need of :class:`Runner`: the workflows' variable, and the group that the cluster lets in."""

    project: pulumi.Input[str]
    security_group_id: pulumi.Input[str]


class Runner(PlatformComponent):
    """A project that starts for each job of some workflows, in the nodes' subnets, and ends with it.

    Nothing of the platform may be done with its role: a job's rights come from GitHub's token, as everywhere. Nobody
    reaches it, and it reaches 443 alone.
    """

    TYPE = "slipway:cluster:Runner"

    def __init__(self, name: str, args: RunnerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        names, said = args.names, args.settings
        group = self._group()
        log_group = self._log_group()
        role, policy = self._role()
        project = aws.codebuild.Project(
            f"{name}-project",
            name=names.role(RUNNER),
            description="Jobs of GitHub inside the network",
            service_role=role.arn,
            build_timeout=_MINUTES,
            source={
                "type": "GITHUB",
                "location": f"https://github.com/{args.repository}.git",
                "git_clone_depth": 1,
                "auth": {"type": "CODECONNECTIONS", "resource": said.connection_arn},
            },
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "compute_type": _SIZES[said.size],
                "image": _IMAGE,
                "image_pull_credentials_type": "CODEBUILD",
                "privileged_mode": False,
            },
            vpc_config={
                "vpc_id": said.vpc_id,
                "subnets": said.subnet_ids,
                "security_group_ids": [group.id],
            },
            logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": log_group.name}},
            tags=self.tags(f"{name}-project"),
            # CodeBuild looks at subnets and groups with the role while it makes the project.
            opts=self.child_opts(depends_on=[policy]),
        )
        hook = aws.codebuild.Webhook(
            f"{name}-webhook",
            project_name=project.name,
            filter_groups=[
                {
                    "filters": [
                        {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
                        {"type": "WORKFLOW_NAME", "pattern": f"^({'|'.join(said.workflows)})$"},
                    ]
                }
            ],
            opts=self.child_opts(),
        )
        self.handle = RunnerHandle(
            project=names.role(RUNNER), security_group_id=group.id, ready=(project, hook)
        )
        self.register_outputs({})

    def _group(self) -> aws.ec2.SecurityGroup:
        """Nobody is let in; out goes HTTPS: to GitHub, AWS, registries and the cluster's API."""
        name = self._name
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=self._args.settings.vpc_id,
            description="Jobs of GitHub; nothing comes in",
            tags=self.tags(f"{name}-group"),
            opts=self.child_opts(),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-https",
            security_group_id=group.id,
            description="HTTPS",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
            tags=self.tags(f"{name}-https"),
            opts=self.child_opts(),
        )
        return group

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        name, names = self._name, self._args.names
        called = names.log_group(RUNNER)
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Logs of jobs",
            policy=document(*account_may_manage(names), logs_may_use(names, called)),
            alias=names.key_alias(RUNNER),
            lifecycle=DURABLE,
            alias_name=f"{name}-key",
        )
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=called,
            retention_in_days=self._args.settings.log_retention_days,
            skip_destroy=True,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-logs"),
            opts=self.child_opts(),
        )

    def _role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        name, names = self._name, self._args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role(RUNNER),
            assume_role_policy=service_trust(
                _SERVICE, {"StringEquals": {"aws:SourceAccount": names.account}}
            ),
            permissions_boundary=self._args.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=document(*runner_statements(names, self._args.settings)),
            opts=self.child_opts(),
        )
        return role, policy


def runner_statements(names: Names, settings: RunnerSettings) -> Sequence[Statement]:
    """What CodeBuild itself needs: the connection, interfaces in these subnets, its own log.

    CodeBuild user guide, "Allow CodeBuild access to AWS services required to create a VPC network interface", read
    2026-11-30.
    """
    interfaces = names.arn("ec2", "network-interface/*")
    subnets = [names.arn("ec2", f"subnet/{subnet}") for subnet in settings.subnet_ids]
    return [
        Statement(
            sid="UseConnection",
            actions=[
                "codeconnections:GetConnection",
                "codeconnections:GetConnectionToken",
                "codeconnections:UseConnection",
            ],
            resources=[settings.connection_arn],
        ),
        Statement(
            sid="DescribeNetwork",
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
            unscoped_because="describing has no resource level in EC2",
        ),
        Statement(
            sid="CreateNetworkInterfaces",
            actions=["ec2:CreateNetworkInterface"],
            resources=[interfaces, *subnets, names.arn("ec2", "security-group/*")],
        ),
        Statement(
            sid="DeleteNetworkInterfaces",
            actions=["ec2:DeleteNetworkInterface"],
            resources=[interfaces],
            conditions={"ArnEquals": {"ec2:Subnet": subnets}},
        ),
        Statement(
            sid="PermitServiceToUseInterfaces",
            actions=["ec2:CreateNetworkInterfacePermission"],
            resources=[interfaces],
            conditions={
                "ArnEquals": {"ec2:Subnet": subnets},
                "StringEquals": {"ec2:AuthorizedService": _SERVICE},
            },
        ),
        Statement(
            sid="WriteOwnLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[names.arn("logs", f"log-group:{names.log_group(RUNNER)}:*")],
        ),
    ]
