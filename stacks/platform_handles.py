"""The program's table of sections: every handle one component hands to another."""

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.cluster.system_nodes import SystemNodesHandle
from components.compute.karpenter import KarpenterHandle
from components.gateway.certificates import CertificatesHandle
from components.gateway.gateway import GatewayHandle
from components.gateway.load_balancers import LoadBalancersHandle
from components.identity.capability_role import CapabilityRoleHandle
from components.loops.durable import DurableHandle
from components.loops.workers import LoopWorkersHandle
from components.mesh.mesh import MeshHandle
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.network.network import NetworkHandle
from components.observability.telemetry import TelemetryHandle
from components.serving.autoscaling import AutoscalingHandle
from components.serving.serving import ServingHandle
from components.storage.model_store import ModelStoreHandle
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
    load_balancers = Section(LoadBalancersHandle)
    mesh = Section(MeshHandle)
    gateway = Section(GatewayHandle)
    serving = Section(ServingHandle)
    autoscaling = Section(AutoscalingHandle)
    telemetry = Section(TelemetryHandle)
    workload_namespace = Section(WorkloadNamespaceHandle)
    durable = Section(DurableHandle)
    loops = Section(LoopWorkersHandle)
