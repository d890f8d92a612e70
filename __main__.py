"""The platform, top to bottom. Read this file first."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from components.audit_trail import AuditTrail, AuditTrailArgs
from components.autoscaling import Autoscaling, AutoscalingArgs
from components.capability_role import CapabilityRole, CapabilityRoleArgs, model_reader_statements
from components.certificates import Certificates, CertificatesArgs
from components.cluster import Cluster, ClusterArgs
from components.cluster_addons import ClusterAddons, ClusterAddonsArgs
from components.gateway import Gateway, GatewayArgs
from components.gpu_pool import GpuPool, GpuPoolArgs
from components.karpenter import Karpenter, KarpenterArgs
from components.kubeconfig import kubeconfig
from components.llm import Llm
from components.mesh import Mesh, MeshArgs
from components.model_args import ModelArgs
from components.model_store import ModelStore, ModelStoreArgs
from components.names import MODEL_READER
from components.namespaces import MODELS
from components.network import Network, NetworkArgs
from components.permissions_boundary import PermissionsBoundary, PermissionsBoundaryArgs
from components.predictive_model import PredictiveModel
from components.serving import Serving, ServingArgs
from components.system_nodes import SystemNodes, SystemNodesArgs
from components.telemetry import Telemetry, TelemetryArgs
from components.workload_namespace import WorkloadNamespace, WorkloadNamespaceArgs
from stacks.load import load_stack
from stacks.platform_handles import PlatformHandles

stack = load_stack(pulumi.get_stack(), pulumi.Config().require_object("settings"))
settings, names, platform = stack.settings, stack.names, PlatformHandles(stack)

# Where: one account and region; credentials of another account are refused.
provider = aws.Provider(
    "aws",
    region=names.region,
    allowed_account_ids=[names.account],
    default_tags={"tags": settings.platform.tags(stack.name)},
)
on_aws = pulumi.ResourceOptions(provider=provider)

# Who: every role carries the boundary, so all else waits for it.
if settings.identity is not None:
    boundary = PermissionsBoundary("permissions-boundary", PermissionsBoundaryArgs(names=names), on_aws)
    on_aws = pulumi.ResourceOptions(provider=provider, depends_on=list(boundary.handle.ready))
    reads = CapabilityRoleArgs(
        names=names, capability=MODEL_READER, statements=model_reader_statements(names), namespaces=[MODELS]
    )
    platform.identity = CapabilityRole(MODEL_READER, reads, on_aws).handle

# The ground: storage, network, cluster, the first nodes.
if settings.model_store is not None:
    store = ModelStoreArgs(settings=settings.model_store, names=names)
    platform.model_store = ModelStore("model-store", store, on_aws).handle
if settings.audit_trail is not None:
    trail = AuditTrailArgs(settings=settings.audit_trail, names=names, model_store=platform.model_store)
    AuditTrail("audit-trail", trail, on_aws)
if settings.network is not None:
    platform.network = Network("network", NetworkArgs(settings=settings.network, names=names), on_aws).handle
if settings.cluster is not None:
    control_plane = ClusterArgs(settings=settings.cluster, names=names, network=platform.network)
    platform.cluster = Cluster("cluster", control_plane, on_aws).handle
if settings.system_nodes is not None:
    nodes = SystemNodesArgs(
        settings=settings.system_nodes,
        names=names,
        network=platform.network,
        cluster=platform.cluster,
        instance_tags=settings.platform.tags(stack.name),
    )
    platform.system_nodes = SystemNodes("system-nodes", nodes, on_aws).handle

# Everything below stands inside the cluster; nothing is asked of it before the deploy role may enter.
inside = on_aws
if stack.owner_of("cluster") is not None:
    api = k8s.Provider(
        "kubernetes",
        kubeconfig=kubeconfig(names, platform.cluster),
        cluster_identifier=names.cluster_arn,
        opts=pulumi.ResourceOptions(depends_on=list(platform.cluster.ready)),
    )
    inside = pulumi.ResourceOptions(providers=[provider, api], depends_on=on_aws.depends_on)
if settings.system_nodes is not None:
    addons = ClusterAddonsArgs(names=names, cluster=platform.cluster, system_nodes=platform.system_nodes)
    platform.cluster_addons = ClusterAddons("cluster-addons", addons, inside).handle

# Machines on demand.
if settings.karpenter is not None:
    provisioner = KarpenterArgs(
        settings=settings.karpenter,
        names=names,
        cluster=platform.cluster,
        cluster_addons=platform.cluster_addons,
    )
    platform.karpenter = Karpenter("karpenter", provisioner, inside).handle
for pool, pool_settings in settings.gpu_pools.items():
    capacity = GpuPoolArgs(
        pool=pool,
        settings=pool_settings,
        names=names,
        karpenter=platform.karpenter,
        tags=settings.platform.tags(stack.name),
    )
    GpuPool(f"gpu-{pool}", capacity, inside)

# Trust and ways in.
if settings.certificates is not None:
    authority = CertificatesArgs(settings=settings.certificates, cluster_addons=platform.cluster_addons)
    platform.certificates = Certificates("certificates", authority, inside).handle
if settings.mesh is not None:
    ambient = MeshArgs(settings=settings.mesh, cluster_addons=platform.cluster_addons)
    platform.mesh = Mesh("mesh", ambient, inside).handle
if settings.gateway is not None:
    tiers = GatewayArgs(
        settings=settings.gateway,
        cluster_addons=platform.cluster_addons,
        certificates=platform.certificates,
        mesh=platform.mesh,
    )
    platform.gateway = Gateway("gateway", tiers, inside).handle

# What serves, scales and watches.
if settings.serving is not None:
    kserve = ServingArgs(
        settings=settings.serving,
        cluster_addons=platform.cluster_addons,
        certificates=platform.certificates,
        gateway=platform.gateway,
    )
    platform.serving = Serving("serving", kserve, inside).handle
if settings.autoscaling is not None:
    keda = AutoscalingArgs(settings=settings.autoscaling, cluster_addons=platform.cluster_addons)
    platform.autoscaling = Autoscaling("autoscaling", keda, inside).handle
if settings.telemetry is not None:
    watch = TelemetryArgs(
        settings=settings.telemetry,
        names=names,
        cluster=platform.cluster,
        cluster_addons=platform.cluster_addons,
    )
    platform.telemetry = Telemetry("telemetry", watch, inside).handle

# The models.
if settings.workload_namespace is not None:
    workloads = WorkloadNamespaceArgs(settings=settings.workload_namespace, mesh=platform.mesh)
    platform.workload_namespace = WorkloadNamespace("models-namespace", workloads, inside).handle
for model, plan in stack.plans.items():
    wanted = ModelArgs(
        plan=plan,
        settings=settings.models[model],
        names=names,
        namespace=MODELS,
        identity=platform.identity,
        workload_namespace=platform.workload_namespace,
        serving=platform.serving,
        gateway=platform.gateway,
        autoscaling=platform.autoscaling,
        telemetry=platform.telemetry,
    )
    {"vllm": Llm, "huggingface": PredictiveModel}[plan.engine](f"model-{plan.key}", wanted, inside)

platform.export()
