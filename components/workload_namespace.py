"""The namespace models run in: in the mesh, restricted, and closed until a flow opens something."""

from dataclasses import dataclass

import pulumi
from pydantic import Field

from components.base import Handle, PlatformComponent, Settings
from components.default_deny import (
    container_defaults,
    deny_all_requests,
    deny_all_traffic,
    necessary_egress,
    quota,
    workload_namespace,
)
from components.kubernetes import KubernetesObject
from components.mesh import MeshHandle
from components.namespaces import MODELS


class WorkloadNamespaceSettings(Settings):
    """``workload_namespace:`` in a stack file: what all models together may take."""

    max_cpu: int = Field(default=200, ge=1)
    max_memory_gib: int = Field(default=800, ge=1)
    max_gpus: int = Field(default=16, ge=0)
    max_pods: int = Field(default=200, ge=1)


@dataclass(frozen=True, kw_only=True)
class WorkloadNamespaceArgs:
    """What :class:`WorkloadNamespace` needs."""

    settings: WorkloadNamespaceSettings
    mesh: MeshHandle
    namespace: str = MODELS


@dataclass(frozen=True, kw_only=True)
class WorkloadNamespaceHandle(Handle):
    """What others may use of :class:`WorkloadNamespace`."""

    name: pulumi.Input[str]


class WorkloadNamespace(PlatformComponent):
    """A namespace in which nothing may call or be called, but for DNS, the mesh and pod identity.

    ``ready`` holds the refusals too: a workload that started before them would be open until they arrive.
    """

    TYPE = "slipway:mesh:WorkloadNamespace"

    def __init__(self, name: str, args: WorkloadNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, where = args.settings, args.namespace
        # The label that joins the mesh is read by agents that must already run.
        namespace = KubernetesObject(
            f"{name}-namespace", workload_namespace(where), self.child_opts(depends_on=list(args.mesh.ready))
        )
        manifests = {
            "deny-requests": deny_all_requests(where),
            "deny-traffic": deny_all_traffic(where),
            "necessary-egress": necessary_egress(where),
            "quota": quota(
                where,
                cpu=settings.max_cpu,
                memory_gib=settings.max_memory_gib,
                gpus=settings.max_gpus,
                pods=settings.max_pods,
            ),
            "defaults": container_defaults(where),
        }
        # Objects need their namespace; the authorization policy also the mesh's CRD and webhook.
        children = [
            KubernetesObject(
                f"{name}-{role}", manifest, self.child_opts(depends_on=[namespace, *args.mesh.ready])
            )
            for role, manifest in manifests.items()
        ]
        self.handle = WorkloadNamespaceHandle(name=where, ready=(namespace, *children))
        self.register_outputs({})
