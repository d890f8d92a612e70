"""A network that somebody else made, behind the handle of our own."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.names import Names
from components.network.existing_network import ExistingNetwork
from components.network.network import NetworkArgs, NetworkHandle


class AdoptedNetwork(PlatformComponent):
    """The same handle as :class:`Network`'s, and the tags by which Karpenter and load balancers find the subnets.

    Nothing else of it is seen or changed: its routes, endpoints, flow logs and default group are its owner's. The tags
    stay when the section goes, since others may have come to rely on them.
    """

    TYPE = "slipway:network:AdoptedNetwork"

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        there = args.settings.existing
        if there is None:
            raise ValueError(f"{name}: network.existing is not said")
        super().__init__(name, opts, says={"vpcId": there.vpc_id})
        if there.tags == "write":
            self._tags(name, there, args.names)
        zones = there.zones.values()
        self.handle = NetworkHandle(
            vpc_id=there.vpc_id,
            vpc_cidr=there.vpc_cidr,
            node_subnet_ids=[zone.nodes.id for zone in zones],
            control_plane_subnet_ids=[z.control_plane.id for z in zones if z.control_plane is not None],
            ready=(self,),
        )
        self.register_outputs({})

    def _tags(self, name: str, there: ExistingNetwork, names: Names) -> None:
        wanted = {
            "nodes": {"kubernetes.io/role/internal-elb": "1", "karpenter.sh/discovery": names.cluster},
            "public": {"kubernetes.io/role/elb": "1"},
        }
        self._write(f"{name}-vpc", there.vpc_id, names.vpc_tags)
        for letter, zone in there.zones.items():
            for role, subnet in zone.subnets().items():
                self._write(f"{name}-{role}-{letter}", subnet.id, wanted.get(role, {}))

    def _write(self, name: str, resource_id: str, tags: Mapping[str, str]) -> None:
        for key, value in tags.items():
            aws.ec2.Tag(
                f"{name}-{key.rpartition('/')[2]}",
                resource_id=resource_id,
                key=key,
                value=value,
                opts=self.child_opts(retain_on_delete=True),
            )
