"""What may stand in a stack file, and what each section needs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import Field

from components.agents.agent_settings import AgentSettings
from components.cluster.cluster import ClusterSettings
from components.cluster.system_nodes import SystemNodesSettings
from components.compute.cpu_pool import CpuPoolSettings
from components.compute.gpu_pool import GpuPoolSettings
from components.compute.karpenter import KarpenterSettings
from components.foundation.base import Settings
from components.gateway.certificates import CertificatesSettings
from components.gateway.gateway import GatewaySettings
from components.gateway.load_balancers import LoadBalancersSettings
from components.loops.durable import DurableSettings
from components.loops.workers import LoopsSettings
from components.mesh.mesh import MeshSettings
from components.models.settings import ModelSettings
from components.models.workload_namespace import WorkloadNamespaceSettings
from components.network.network import NetworkSettings
from components.observability.audit_trail import AuditTrailSettings
from components.observability.telemetry import TelemetrySettings
from components.serving.autoscaling import AutoscalingSettings
from components.serving.serving import ServingSettings
from components.storage.model_store import ModelStoreSettings
from components.storage.registry_settings import RegistrySettings
from facts.strict import Slug
from stacks.identity import IdentitySettings
from stacks.platform import PlatformSettings


class BudgetSettings(Settings):
    """What a stack may cost a month at most, at list prices. Its ceiling is held to it: replicas at their most."""

    usd_a_month: float = Field(gt=0, allow_inf_nan=False)


class StackSettings(Settings):
    """Everything that may differ between stacks, and nothing else.

    Every section but ``platform`` is optional: a stack holds the sections it owns and names the stack
    that owns the rest as ``upstream``.
    """

    platform: PlatformSettings
    budget: BudgetSettings | None = None
    upstream: Slug | None = None
    identity: IdentitySettings | None = None
    registry: RegistrySettings | None = None
    network: NetworkSettings | None = None
    cluster: ClusterSettings | None = None
    system_nodes: SystemNodesSettings | None = None
    karpenter: KarpenterSettings | None = None
    gpu_pools: dict[Slug, GpuPoolSettings] = Field(default_factory=dict)
    cpu_pools: dict[Slug, CpuPoolSettings] = Field(default_factory=dict)
    model_store: ModelStoreSettings | None = None
    audit_trail: AuditTrailSettings | None = None
    certificates: CertificatesSettings | None = None
    load_balancers: LoadBalancersSettings | None = None
    mesh: MeshSettings | None = None
    gateway: GatewaySettings | None = None
    serving: ServingSettings | None = None
    autoscaling: AutoscalingSettings | None = None
    telemetry: TelemetrySettings | None = None
    workload_namespace: WorkloadNamespaceSettings | None = None
    durable: DurableSettings | None = None
    loops: LoopsSettings | None = None
    models: dict[Slug, ModelSettings] = Field(default_factory=dict)
    agents: dict[Slug, AgentSettings] = Field(default_factory=dict)

    def holds(self, section: str) -> bool:
        """Whether this stack owns a section."""
        return (
            bool(getattr(self, section))
            if section in {"gpu_pools", "cpu_pools", "models", "agents"}
            else getattr(self, section) is not None
        )

    def sections(self) -> list[str]:
        """The sections this stack owns, in the order of the program."""
        return [
            name
            for name in type(self).model_fields
            if name not in {"platform", "budget", "upstream"} and self.holds(name)
        ]


NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "network": ("identity",),
    "cluster": ("identity", "network"),
    "system_nodes": ("network", "cluster"),
    "karpenter": ("cluster", "system_nodes"),
    "gpu_pools": ("karpenter",),
    "cpu_pools": ("karpenter",),
    "audit_trail": ("model_store",),
    "certificates": ("system_nodes",),
    "mesh": ("system_nodes",),
    "load_balancers": ("network", "cluster", "system_nodes", "certificates"),
    "gateway": ("network", "cluster", "certificates", "load_balancers", "mesh"),
    "serving": ("network", "certificates", "gateway", "mesh"),
    "autoscaling": ("network", "system_nodes", "mesh"),
    "telemetry": ("system_nodes", "mesh"),
    "workload_namespace": ("mesh", "gateway"),
    "durable": ("network", "cluster", "system_nodes", "mesh"),
    "loops": ("durable", "gateway", "telemetry", "workload_namespace"),
    "models": (
        "identity",
        "serving",
        "gateway",
        "autoscaling",
        "telemetry",
        "model_store",
        "workload_namespace",
    ),
    "agents": ("network", "durable", "gateway", "telemetry", "model_store", "workload_namespace"),
}
"""Which sections a section needs, in this stack or in one above it."""


def missing_sections(settings: StackSettings, is_owned: Callable[[str], bool]) -> Iterator[str]:
    """What the sections of a stack need and no stack holds."""
    for section in settings.sections():
        for needed in NEEDS.get(section, ()):
            if not is_owned(needed):
                yield f"{section}: needs {needed}; add that section here or name an upstream that holds it"
