"""The namespace models run in: in the mesh, restricted, and closed until a flow opens something."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pulumi
from pydantic import AfterValidator, Field

from components.cluster.priorities import reserved_priorities
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.closed_namespace import (
    container_defaults,
    deny_all_requests,
    deny_all_traffic,
    necessary_egress,
    quota,
    require_mutual_tls,
    workload_namespace,
)
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.well_known import MODELS
from components.mesh.mesh import MeshHandle
from components.models.flows import ways_of_language_models
from releases.licence import Use


def _is_range(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"should be an address range such as 10.0.0.0/16 ({error})") from None
    return value


AddressRange = Annotated[str, AfterValidator(_is_range)]


class WorkloadNamespaceSettings(Settings):
    """``workload_namespace:`` in a stack file: what all models together may take, and where they may go."""

    max_cpu: int = Field(default=200, ge=1)
    max_memory_gib: int = Field(default=800, ge=1)
    max_gpus: int = Field(default=16, ge=0)
    max_pods: int = Field(default=200, ge=1)
    signed_models_only: bool = False
    """Refuse every release whose record names no signature; confidential data asks for one anyway."""
    signed_decisions_only: bool = False
    """Count only licence reviews and approvals that who made them signed, and nobody's about their own work."""
    use: Use = "commercial"
    """What its models are used for; a release whose licence does not permit that is refused."""
    https_egress: list[AddressRange] = Field(default_factory=list)
    """Where else pods may open port 443: nowhere. AWS's services answer inside the VPC, at its endpoints."""


@dataclass(frozen=True, kw_only=True)
class WorkloadNamespaceArgs:
    """What :class:`WorkloadNamespace` needs.

    ``api_server_range`` holds the addresses of the API server, ``endpoint_ranges`` those of AWS's services.
    """

    settings: WorkloadNamespaceSettings
    api_server_range: str
    endpoint_ranges: Sequence[str] = ()
    mesh: MeshHandle
    namespace: str = MODELS


@dataclass(frozen=True, kw_only=True)
class WorkloadNamespaceHandle(Handle):
    """What others may use of :class:`WorkloadNamespace`."""

    name: pulumi.Input[str]


def contents(
    namespace: str,
    settings: WorkloadNamespaceSettings,
    api_server_range: str,
    endpoint_ranges: Sequence[str] = (),
) -> dict[str, dict[str, Any]]:
    """Everything inside the namespace, by role."""
    return {
        "mutual-tls": require_mutual_tls(namespace),
        "deny-requests": deny_all_requests(namespace),
        "deny-traffic": deny_all_traffic(namespace),
        "necessary-egress": necessary_egress(namespace, [*endpoint_ranges, *settings.https_egress]),
        **ways_of_language_models(namespace, api_server_range),
        "quota": quota(
            namespace,
            cpu=settings.max_cpu,
            memory_gib=settings.max_memory_gib,
            gpus=settings.max_gpus,
            pods=settings.max_pods,
        ),
        "priorities": reserved_priorities(namespace),
        "defaults": container_defaults(namespace),
    }


class WorkloadNamespace(PlatformComponent):
    """A namespace in which nothing may call or be called, but for DNS, credentials and HTTPS to AWS.

    ``ready`` holds the refusals too: a workload that started before them would be open until they arrive.
    """

    TYPE = "slipway:mesh:WorkloadNamespace"

    def __init__(
        self, name: str, args: WorkloadNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        # The label that joins the mesh is read by agents that must already run.
        namespace = KubernetesObject(
            f"{name}-namespace",
            workload_namespace(args.namespace),
            self.child_opts(depends_on=list(args.mesh.ready)),
        )
        # Objects need their namespace; the mesh's policies also its CRDs and webhook.
        children = [
            KubernetesObject(
                f"{name}-{role}", manifest, self.child_opts(depends_on=[namespace, *args.mesh.ready])
            )
            for role, manifest in contents(
                args.namespace, args.settings, args.api_server_range, args.endpoint_ranges
            ).items()
        ]
        self.handle = WorkloadNamespaceHandle(name=args.namespace, ready=(namespace, *children))
        self.register_outputs({})
