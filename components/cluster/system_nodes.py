"""The nodes the platform itself runs on; Karpenter, which makes all others, runs here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field

from components.cluster.cluster import ClusterHandle
from components.cluster.node_pulls import node_pulls
from components.cluster.node_shell import Debug, node_shell
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.iam_document import service_trust
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.well_known import POOL_LABEL, SYSTEM_POOL, SYSTEM_TAINT
from components.network.network import NetworkHandle
from facts.pins import images

_MANAGED: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
_SYSTEM_DISK_GIB: Final = 4


def _x86(instance_type: str) -> str:
    family = instance_type.partition(".")[0]
    if re.fullmatch(r"[a-z]+\d+g[a-z]*|a1", family):
        raise ValueError(
            f"{instance_type} is an Arm machine; the nodes' image is for x86_64, such as m7i.xlarge"
        )
    return instance_type


InstanceType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]+\.[a-z0-9-]+$"), AfterValidator(_x86)]


class SystemNodesSettings(Settings):
    """``system_nodes:`` in a stack file."""

    instance_types: list[InstanceType] = Field(default=["m7i.2xlarge"], min_length=1)
    nodes_per_zone: int = Field(default=1, ge=1, le=20)
    """Nothing changes this number by itself: the platform must fit with one machine missing."""
    data_disk_gib: int = Field(default=80, ge=40)
    debug: Debug | None = None
    """``ssm``: who may start a session in Systems Manager gets a shell on a node."""


@dataclass(frozen=True, kw_only=True)
class SystemNodesArgs:
    """What :class:`SystemNodes` needs. ``zones`` are the letters of the network's node subnets, in their order.

    ``instance_tags`` go on instances and volumes, which the provider's default tags do not reach.
    """

    settings: SystemNodesSettings
    names: Names
    network: NetworkHandle
    zones: Sequence[str]
    cluster: ClusterHandle
    instance_tags: Mapping[str, str] = field(default_factory=dict)
    registry: Registry = UPSTREAM
    pulls_after: Sequence[pulumi.Resource] = ()
    """What must stand before a node pulls its first image."""


@dataclass(frozen=True, kw_only=True)
class SystemNodesHandle(Handle):
    """What others may use of :class:`SystemNodes`: that there are nodes."""


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What the groups of all zones have in common."""

    role: aws.iam.Role
    template: aws.ec2.LaunchTemplate
    attached: Sequence[pulumi.Resource]


class SystemNodes(PlatformComponent):
    """A managed group of Bottlerocket nodes in every zone, with instance metadata out of the pods' reach.

    A zone has a group of its own, so that a node that is replaced comes back where its pods' volumes are. The taint
    ``CriticalAddonsOnly`` keeps models away. The hop limit of 1 means that a pod cannot get the node's credentials; it
    gets its own by pod identity.
    """

    TYPE = "slipway:cluster:SystemNodes"

    def __init__(self, name: str, args: SystemNodesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role("system-nodes"),
            assume_role_policy=service_trust("ec2.amazonaws.com"),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        attached: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=f"arn:{names.partition}:iam::aws:policy/{policy}",
                opts=self.child_opts(),
            )
            for policy in _MANAGED
        ]
        attached += node_pulls(self, name, role, args.registry)
        node_shell(self, name, names, role, args.settings.debug)
        template = self._template(name, args)
        subnets = pulumi.Output.from_input(args.network.node_subnet_ids)
        shared = _Shared(role=role, template=template, attached=attached)
        groups = [
            self._group(f"{name}-group-{zone}", args, shared, subnets[index])
            for index, zone in enumerate(args.zones)
        ]
        self.handle = SystemNodesHandle(ready=tuple(groups))
        self.register_outputs({})

    def _group(
        self, name: str, args: SystemNodesArgs, shared: _Shared, subnet: pulumi.Input[str]
    ) -> aws.eks.NodeGroup:
        settings = args.settings
        return aws.eks.NodeGroup(
            name,
            cluster_name=args.cluster.name,
            version=args.cluster.version,
            release_version=images()["bottlerocket-eks"].version,
            node_role_arn=shared.role.arn,
            subnet_ids=[subnet],
            ami_type="BOTTLEROCKET_x86_64",
            instance_types=settings.instance_types,
            capacity_type="ON_DEMAND",
            # All three move together, or EKS refuses a minimum above the size that it remembers.
            scaling_config={
                "min_size": settings.nodes_per_zone,
                "desired_size": settings.nodes_per_zone,
                "max_size": settings.nodes_per_zone,
            },
            update_config={"max_unavailable": 1},
            node_repair_config={"enabled": True},
            launch_template={
                "id": shared.template.id,
                "version": shared.template.latest_version.apply(str),
            },
            labels={POOL_LABEL: SYSTEM_POOL},
            taints=[{"key": SYSTEM_TAINT, "value": "true", "effect": "NO_SCHEDULE"}],
            tags=self.tags(name),
            # A node that joins before the CNI is not ready; one without its policies never joins.
            opts=self.child_opts(depends_on=[*args.cluster.ready, *args.pulls_after, *shared.attached]),
        )

    def _template(self, name: str, args: SystemNodesArgs) -> aws.ec2.LaunchTemplate:
        return aws.ec2.LaunchTemplate(
            f"{name}-template",
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
                "instance_metadata_tags": "disabled",
            },
            # Bottlerocket's two disks: the system on xvda, containers and their data on xvdb.
            block_device_mappings=[
                {
                    "device_name": device,
                    "ebs": {
                        "volume_size": size,
                        "volume_type": "gp3",
                        "encrypted": "true",
                        "delete_on_termination": "true",
                    },
                }
                for device, size in (
                    ("/dev/xvda", _SYSTEM_DISK_GIB),
                    ("/dev/xvdb", args.settings.data_disk_gib),
                )
            ],
            monitoring={"enabled": True},
            # The provider's tags stop at the template: instances and volumes get what is written here.
            tag_specifications=[
                {"resource_type": kind, "tags": {**args.instance_tags, **self.tags(f"{name}-node")}}
                for kind in ("instance", "volume")
            ],
            tags=self.tags(f"{name}-template"),
            opts=self.child_opts(),
        )
