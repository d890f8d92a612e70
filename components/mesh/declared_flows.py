"""Registering declared flows and the mesh's named exceptions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.closed_namespace import deny_all_requests, deny_incoming_traffic
from components.foundation.kubernetes_object import KubernetesObject
from components.mesh.flow import TRUST_DOMAIN, Flow, compile_flow
from components.mesh.mesh_exception import MeshException, compile_exception

_ROLES: Final = {
    "AuthorizationPolicy": "authorization",
    "PeerAuthentication": "authentication",
    "NetworkPolicy": "network",
}


@dataclass(frozen=True, kw_only=True)
class DeclaredFlowsArgs:
    """What :class:`DeclaredFlows` needs. ``after`` is the mesh and the target's namespace.

    ``closed`` are namespaces in which nothing but these flows may reach a pod: those of the platform's own
    proxies. A workload namespace closes itself.
    """

    flows: Sequence[Flow] = ()
    exceptions: Sequence[MeshException] = ()
    closed: Sequence[str] = ()
    after: Sequence[pulumi.Resource] = ()
    trust_domain: str = TRUST_DOMAIN


def flow_objects(flows: Sequence[Flow], trust_domain: str = TRUST_DOMAIN) -> dict[str, dict[str, Any]]:
    """What flows compile to, each named after its flow and what it is.

    Raises:
        ValueError: two flows have one name.
    """
    return _by_role((flow.name, m) for flow in flows for m in compile_flow(flow, trust_domain))


def _by_role(compiled: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    manifests: dict[str, dict[str, Any]] = {}
    for declared, manifest in compiled:
        is_way_out = manifest["spec"].get("policyTypes") == ["Egress"]
        role = "network-egress" if is_way_out else _ROLES[manifest["kind"]]
        if f"{declared}-{role}" in manifests:
            raise ValueError(f"two flows are called {declared}")
        manifests[f"{declared}-{role}"] = manifest
    return manifests


class DeclaredFlows(PlatformComponent):
    """For each flow and exception the objects that open it, named after it.

    Nothing else opens anything: a way that is not declared does not exist.
    """

    TYPE = "slipway:mesh:DeclaredFlows"

    def __init__(
        self, name: str, args: DeclaredFlowsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        manifests = {}
        for namespace in args.closed:
            manifests[f"{namespace}-deny-requests"] = deny_all_requests(namespace)
            manifests[f"{namespace}-deny-traffic"] = deny_incoming_traffic(namespace)
        compiled = [(flow.name, m) for flow in args.flows for m in compile_flow(flow, args.trust_domain)]
        compiled += [
            (exception.name, m) for exception in args.exceptions for m in compile_exception(exception)
        ]
        manifests |= _by_role(compiled)
        # The mesh's CRD and webhook must answer, and the namespace must exist.
        self.ready: list[pulumi.Resource] = [
            KubernetesObject(f"{name}-{role}", manifest, self.child_opts(depends_on=list(args.after)))
            for role, manifest in manifests.items()
        ]
        self.register_outputs({})
