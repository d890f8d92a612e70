"""What a model's component needs, whatever serves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.gateway.gateway import GatewayHandle
from components.identity.capability_role import CapabilityRoleHandle
from components.models.plan import ModelPlan
from components.models.settings import ModelSettings
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.observability.telemetry import TelemetryHandle
from components.serving.autoscaling import AutoscalingHandle
from components.serving.serving import ServingHandle


@dataclass(frozen=True, kw_only=True)
class ModelArgs:
    """What :class:`PredictiveModel` and :class:`Llm` need; ``plan`` holds exactly the versions of ``settings``.

    ``stable`` names the stable version of every model of the stack: one of them may answer in this one's place.
    """

    plan: ModelPlan
    settings: ModelSettings
    names: Names
    namespace: str
    identity: CapabilityRoleHandle
    workload_namespace: WorkloadNamespaceHandle
    serving: ServingHandle
    gateway: GatewayHandle
    autoscaling: AutoscalingHandle
    telemetry: TelemetryHandle
    registry: Registry = UPSTREAM
    stable: Mapping[str, str] = field(default_factory=dict)

    def after(self) -> list[pulumi.Resource]:
        """What must stand before anything of a model: its namespace with its refusals, and what acts on it."""
        return [
            *self.identity.ready,
            *self.workload_namespace.ready,
            *self.serving.ready,
            *self.gateway.ready,
            *self.autoscaling.ready,
            *self.telemetry.ready,
        ]
