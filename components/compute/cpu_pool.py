"""CPU node pool: machines for predictive models and endpoint pickers, made when a pod asks and removed when empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pydantic import Field, model_validator

from components.cluster.system_nodes import InstanceType
from components.compute.gpu_pool import MaintenanceSettings
from components.compute.karpenter import KarpenterHandle
from components.compute.node_pool_manifest import node_class, node_pool
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.well_known import MODEL_TAINT
from facts.cpu_instances import cpu_instance

_ARCH: Final = "x86_64"


class CpuPoolSettings(Settings):
    """One entry of ``cpu_pools:`` in a stack file."""

    instance_types: list[InstanceType] = Field(default=["m7i.xlarge", "m7i.2xlarge"], min_length=1)
    max_vcpus: int = Field(default=32, ge=2)
    """Of all machines of the pool together: what they bring, not what pods ask for."""
    interruptible: bool = False
    """True allows spot capacity: only for work that may be stopped at two minutes' notice."""
    data_disk_gib: int = Field(default=100, ge=50, le=2000)
    maintenance: MaintenanceSettings | None = None
    """Absent: a node is replaced only once it is empty."""

    @model_validator(mode="after")
    def _is_within_its_limit(self) -> "CpuPoolSettings":
        unknown = sorted(name for name in self.instance_types if cpu_instance(name) is None)
        if unknown:
            raise ValueError(
                f"instance_types: what {', '.join(unknown)} holds is not known; choose x86 types without GPU of the "
                "families c, m and r from the sixth generation on, such as m7i.xlarge"
            )
        if len(set(self.instance_types)) < len(self.instance_types):
            raise ValueError("instance_types: a type stands twice")
        largest = max(found.vcpus for name in self.instance_types if (found := cpu_instance(name)))
        if self.max_vcpus < largest:
            raise ValueError(
                f"max_vcpus ({self.max_vcpus}) is below what one node of instance_types may bring ({largest})"
            )
        return self


@dataclass(frozen=True, kw_only=True)
class CpuPoolArgs:
    """What :class:`CpuPool` needs. ``pool`` is its name in the stack file, which pods select.

    ``tags`` are the provider's default tags: Karpenter makes the machines, and the provider never sees them.
    """

    pool: str
    settings: CpuPoolSettings
    names: Names
    karpenter: KarpenterHandle
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CpuPoolHandle(Handle):
    """What others may use of :class:`CpuPool`: that it exists. Pods choose it by ``slipway.dev/pool``."""


class CpuPool(PlatformComponent):
    """Karpenter makes nodes of this pool when a model or a picker asks for them, and removes them when empty.

    Nodes carry the taint ``slipway.dev/models``: nothing of the platform but its daemons lands here, and no model
    lands on the platform's own nodes. It costs nothing while nothing runs.
    """

    TYPE = "slipway:compute:CpuPool"

    def __init__(self, name: str, args: CpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, names = args.settings, args.names
        hardware = KubernetesObject(
            f"{name}-node-class",
            node_class(
                name=name,
                cluster=names.cluster,
                node_role=args.karpenter.node_role_name,
                data_disk_gib=settings.data_disk_gib,
                capacity_reservations=[],
                has_local_nvme=False,
                tags={**args.tags, **self.tags(f"{name}-node")},
            ),
            # The CRDs bring the kind; and without a running controller its finalizer would hold the object.
            self.child_opts(depends_on=list(args.karpenter.ready)),
        )
        pool = KubernetesObject(
            f"{name}-node-pool",
            node_pool(
                name=name,
                pool=args.pool,
                taint=MODEL_TAINT,
                limits={"cpu": str(settings.max_vcpus)},
                instance_types=settings.instance_types,
                arch=_ARCH,
                interruptible=settings.interruptible,
                is_reserved=False,
                window=settings.maintenance.window if settings.maintenance else None,
            ),
            # On destroy the pool goes first, while its class still says how to end its machines.
            self.child_opts(depends_on=[hardware, *args.karpenter.ready]),
        )
        self.handle = CpuPoolHandle(ready=(pool,))
        self.register_outputs({})
