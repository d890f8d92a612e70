"""What a model's component needs, whatever serves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.autoscaling import AutoscalingHandle
from components.capability_role import CapabilityRoleHandle
from components.gateway import GatewayHandle
from components.model_plan import ModelPlan
from components.model_settings import ModelSettings
from components.names import Names
from components.serving import ServingHandle
from components.telemetry import TelemetryHandle
from components.workload_namespace import WorkloadNamespaceHandle


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
    stable: Mapping[str, str] = field(default_factory=dict)

    def is_driven(self) -> bool:
        """Whether a controller moves shares: the stack sets the first and no other, since weights have one writer."""
        return any(plan.driver == "controller" for plan in self.plan.releases.values())

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
