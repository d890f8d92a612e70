"""GPU node pool: one accelerator, tainted, limited, never emptied under a busy model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Self

import pulumi
from pydantic import Field, model_validator

from components.compute.karpenter import KarpenterHandle
from components.compute.node_pool_manifest import Day, Window, node_class, node_pool
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.well_known import GPU_TAINT
from facts.accelerators import UnknownInstanceTypeError, gpu_instance


class MaintenanceSettings(Settings):
    """``maintenance:`` of a pool: the hours of a week in which busy nodes may be replaced."""

    day: Day
    start_hour_utc: int = Field(ge=0, le=23)
    hours: int = Field(default=4, ge=1, le=24)

    @property
    def window(self) -> Window:
        return Window(day=self.day, start_hour=self.start_hour_utc, hours=self.hours)


class GpuPoolSettings(Settings):
    """One entry of ``gpu_pools:`` in a stack file."""

    instance_types: list[str] = Field(min_length=1)
    max_gpus: int = Field(ge=1)
    interruptible: bool = False
    """True allows spot capacity: only for work that may be stopped at two minutes' notice."""
    capacity_reservations: list[Annotated[str, Field(pattern=r"^cr-[0-9a-f]{8,17}$")]] = Field(
        default_factory=list
    )
    data_disk_gib: int = Field(default=200, ge=100, le=2000)
    maintenance: MaintenanceSettings | None = None
    """Absent: a node is replaced only once it is empty."""

    @model_validator(mode="after")
    def _is_one_accelerator(self) -> Self:
        try:
            found = {name: gpu_instance(name) for name in self.instance_types}
        except UnknownInstanceTypeError as error:
            raise ValueError(f"instance_types: {error}") from None
        if len(found) < len(self.instance_types):
            raise ValueError("instance_types: a type stands twice")
        kinds = {(g.gpu, g.gpu_memory_mib, g.arch) for g in found.values()}
        if len(kinds) > 1:
            got = ", ".join(f"{gpu} {mib} MiB on {arch}" for gpu, mib, arch in sorted(kinds))
            raise ValueError(f"instance_types: a pool holds one kind of GPU and processor (got {got})")
        if self.interruptible and (
            never := sorted(n for n, g in found.items() if "spot" not in g.usage_classes)
        ):
            raise ValueError(f"interruptible: there is no spot capacity of {', '.join(never)}")
        if bare := sorted(n for n, g in found.items() if not g.encryption_in_transit):
            raise ValueError(f"instance_types: {', '.join(bare)} cannot encrypt traffic between instances")
        smallest = min(g.gpu_count for g in found.values())
        if self.max_gpus < smallest:
            raise ValueError(f"max_gpus ({self.max_gpus}) is below what one node brings ({smallest})")
        return self


@dataclass(frozen=True, kw_only=True)
class GpuPoolArgs:
    """What :class:`GpuPool` needs. ``pool`` is its name in the stack file, which pods select.

    ``tags`` are the provider's default tags: it puts them on what it makes itself, and Karpenter makes the
    machines.
    """

    pool: str
    settings: GpuPoolSettings
    names: Names
    karpenter: KarpenterHandle
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GpuPoolHandle(Handle):
    """What others may use of :class:`GpuPool`: that it exists. Pods choose it by ``slipway.dev/pool``."""


class GpuPool(PlatformComponent):
    """Karpenter makes nodes of this pool when a pod asks for its GPUs, and removes them when they are empty.

    Nodes carry the taint ``nvidia.com/gpu``: a pod without that toleration never lands here. Nothing moves a
    busy GPU outside the pool's maintenance window: a change of the pool or its image reaches a node when the
    node is empty.
    """

    TYPE = "slipway:compute:GpuPool"

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, names = args.settings, args.names
        hardware = KubernetesObject(
            f"{name}-node-class",
            node_class(
                name=name,
                cluster=names.cluster,
                node_role=args.karpenter.node_role_name,
                data_disk_gib=settings.data_disk_gib,
                capacity_reservations=settings.capacity_reservations,
                has_local_nvme=all(gpu_instance(t).local_nvme_gb for t in settings.instance_types),
                tags={**args.tags, **self.tags(f"{name}-node")},
            ),
            # The CRDs bring the kind; and without a running controller its finalizer would hold the object.
            # Its finalizer waits until the last of its machines has been drained and ended.
            self.child_opts(
                depends_on=list(args.karpenter.ready), custom_timeouts=pulumi.CustomTimeouts(delete="40m")
            ),
        )
        pool = KubernetesObject(
            f"{name}-node-pool",
            node_pool(
                name=name,
                pool=args.pool,
                taint=GPU_TAINT,
                limits={GPU_TAINT: str(settings.max_gpus)},
                instance_types=settings.instance_types,
                arch=gpu_instance(settings.instance_types[0]).arch,
                interruptible=settings.interruptible,
                is_reserved=bool(settings.capacity_reservations),
                window=settings.maintenance.window if settings.maintenance else None,
            ),
            # On destroy the pool goes first, while its class still says how to end its machines.
            self.child_opts(depends_on=[hardware, *args.karpenter.ready]),
        )
        self.handle = GpuPoolHandle(ready=(pool,))
        self.register_outputs({})
