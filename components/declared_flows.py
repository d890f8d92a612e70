"""Registering declared flows and the mesh's named exceptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.base import PlatformComponent
from components.flow import TRUST_DOMAIN, Flow, compile_flow
from components.kubernetes import KubernetesObject
from components.mesh_exception import MeshException, compile_exception

_ROLES: Final = {
    "AuthorizationPolicy": "authorization",
    "PeerAuthentication": "authentication",
    "NetworkPolicy": "network",
}


@dataclass(frozen=True, kw_only=True)
class DeclaredFlowsArgs:
    """What :class:`DeclaredFlows` needs. ``after`` is the mesh and the target's namespace."""

    flows: Sequence[Flow] = ()
    exceptions: Sequence[MeshException] = ()
    after: Sequence[pulumi.Resource] = ()
    trust_domain: str = TRUST_DOMAIN


class DeclaredFlows(PlatformComponent):
    """For each flow and exception the objects that open it, named after it.

    Nothing else opens anything: a way that is not declared here does not exist.
    """

    TYPE = "slipway:mesh:DeclaredFlows"

    def __init__(
        self, name: str, args: DeclaredFlowsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self.ready: list[pulumi.Resource] = []
        compiled = [(flow.name, m) for flow in args.flows for m in compile_flow(flow, args.trust_domain)]
        compiled += [
            (exception.name, m) for exception in args.exceptions for m in compile_exception(exception)
        ]
        for declared, manifest in compiled:
            is_way_out = manifest["spec"].get("policyTypes") == ["Egress"]
            role = "network-egress" if is_way_out else _ROLES[manifest["kind"]]
            # The mesh's CRD and webhook must answer, and the namespace must exist.
            self.ready.append(
                KubernetesObject(
                    f"{name}-{declared}-{role}", manifest, self.child_opts(depends_on=list(args.after))
                )
            )
        self.register_outputs({})
