"""Registering declared flows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import PlatformComponent
from components.flow import Flow, compile_flow
from components.kubernetes import KubernetesObject
from components.mesh import TRUST_DOMAIN


@dataclass(frozen=True, kw_only=True)
class DeclaredFlowsArgs:
    """What :class:`DeclaredFlows` needs. ``after`` is the mesh and the target's namespace."""

    flows: Sequence[Flow]
    after: Sequence[pulumi.Resource] = ()


class DeclaredFlows(PlatformComponent):
    """For each flow one AuthorizationPolicy and one NetworkPolicy, both named after it."""

    TYPE = "slipway:mesh:DeclaredFlows"

    def __init__(self, name: str, args: DeclaredFlowsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.ready: list[pulumi.Resource] = []
        for flow in args.flows:
            for manifest in compile_flow(flow, TRUST_DOMAIN):
                role = "authorization" if manifest["kind"] == "AuthorizationPolicy" else "network"
                # The mesh's CRD and webhook must answer, and the namespace must exist.
                self.ready.append(
                    KubernetesObject(
                        f"{name}-{flow.name}-{role}", manifest, self.child_opts(depends_on=list(args.after))
                    )
                )
        self.register_outputs({})
