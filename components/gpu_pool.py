"""GPU node pool: one accelerator, tainted, limited, never emptied under a busy model."""

from dataclasses import dataclass
from typing import Annotated, Self

import pulumi
from pydantic import Field, model_validator

from components.base import Handle, PlatformComponent, Settings
from components.gpu_pool_manifest import node_class, node_pool
from components.karpenter import KarpenterHandle
from components.kubernetes import KubernetesObject
from components.names import Names
from facts.accelerators import UnknownInstanceTypeError, gpu_instance


class GpuPoolSettings(Settings):
    """One entry of ``gpu_pools:`` in a stack file."""

    instance_types: list[str] = Field(min_length=1)
    max_gpus: int = Field(ge=1)
    interruptible: bool = False
    """True allows spot capacity: only for work that may be stopped at two minutes' notice."""
    capacity_reservations: list[Annotated[str, Field(pattern=r"^cr-[0-9a-f]{8,17}$")]] = Field(default_factory=list)
    data_disk_gib: int = Field(default=200, ge=100, le=2000)

    @model_validator(mode="after")
    def _is_one_accelerator(self) -> Self:
        try:
            kinds = {(g.gpu, g.arch) for g in map(gpu_instance, self.instance_types)}
        except UnknownInstanceTypeError as error:
            raise ValueError(f"instance_types: {error}") from None
        if len(kinds) > 1:
            found = ", ".join(sorted(f"{gpu} ({arch})" for gpu, arch in kinds))
            raise ValueError(f"instance_types: a pool holds one kind of GPU and processor (got {found})")
        smallest = min(gpu_instance(t).gpu_count for t in self.instance_types)
        if self.max_gpus < smallest:
            raise ValueError(f"max_gpus ({self.max_gpus}) is below what one node brings ({smallest})")
        return self


@dataclass(frozen=True, kw_only=True)
class GpuPoolArgs:
    """What :class:`GpuPool` needs. ``pool`` is its name in the stack file, which pods select."""

    pool: str
    settings: GpuPoolSettings
    names: Names
    karpenter: KarpenterHandle


@dataclass(frozen=True, kw_only=True)
class GpuPoolHandle(Handle):
    """What others may use of :class:`GpuPool`: that it exists. Pods choose it by ``slipway.dev/pool``."""


class GpuPool(PlatformComponent):
    """Karpenter makes nodes of this pool when a pod asks for its GPUs, and removes them when they are empty.

    Nodes carry the taint ``nvidia.com/gpu``: a pod without that toleration never lands here. Nothing moves a
    busy GPU but its own end of life: changes of this pool reach a node only when it is replaced empty.
    """

    TYPE = "slipway:compute:GpuPool"

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings, names = args.settings, args.names
        hardware = KubernetesObject(
            f"{name}-node-class",
            node_class(
                pool=args.pool,
                cluster=names.cluster,
                node_role=names.role("karpenter-node"),
                data_disk_gib=settings.data_disk_gib,
                capacity_reservations=settings.capacity_reservations,
                has_local_nvme=all(gpu_instance(t).local_nvme_gb for t in settings.instance_types),
                tags=self.tags(f"{name}-node"),
            ),
            # Karpenter's CRD and webhook must answer before a node class is sent.
            self.child_opts(depends_on=list(args.karpenter.ready)),
        )
        pool = KubernetesObject(
            f"{name}-node-pool",
            node_pool(
                pool=args.pool,
                instance_types=settings.instance_types,
                arch=gpu_instance(settings.instance_types[0]).arch,
                max_gpus=settings.max_gpus,
                interruptible=settings.interruptible,
                is_reserved=bool(settings.capacity_reservations),
            ),
            self.child_opts(depends_on=[hardware, *args.karpenter.ready]),
        )
        self.handle = GpuPoolHandle(ready=(pool,))
        self.register_outputs({})
