"""The program's table of sections: every handle one component hands to another."""

from components.autoscaling import AutoscalingHandle
from components.capability_role import CapabilityRoleHandle
from components.certificates import CertificatesHandle
from components.cluster import ClusterHandle
from components.cluster_addons import ClusterAddonsHandle
from components.gateway import GatewayHandle
from components.karpenter import KarpenterHandle
from components.mesh import MeshHandle
from components.model_store import ModelStoreHandle
from components.network import NetworkHandle
from components.serving import ServingHandle
from components.system_nodes import SystemNodesHandle
from components.telemetry import TelemetryHandle
from components.workload_namespace import WorkloadNamespaceHandle
from stacks.handles import Section, StackHandles


class PlatformHandles(StackHandles):
    """Named as the sections of a stack file; ``cluster_addons`` comes with ``system_nodes``."""

    identity = Section(CapabilityRoleHandle)
    network = Section(NetworkHandle)
    cluster = Section(ClusterHandle)
    system_nodes = Section(SystemNodesHandle)
    cluster_addons = Section(ClusterAddonsHandle)
    karpenter = Section(KarpenterHandle)
    model_store = Section(ModelStoreHandle)
    certificates = Section(CertificatesHandle)
    mesh = Section(MeshHandle)
    gateway = Section(GatewayHandle)
    serving = Section(ServingHandle)
    autoscaling = Section(AutoscalingHandle)
    telemetry = Section(TelemetryHandle)
    workload_namespace = Section(WorkloadNamespaceHandle)
