"""The platform, top to bottom. Read this file first."""

from pathlib import Path

import pulumi

from components.cluster.cluster import Cluster, ClusterArgs
from components.cluster.cluster_addons import ClusterAddons, ClusterAddonsArgs
from components.cluster.providers import aws_provider, kubernetes_provider
from components.cluster.system_nodes import SystemNodes, SystemNodesArgs
from components.compute.cpu_pool import CpuPool, CpuPoolArgs
from components.compute.gpu_pool import GpuPool, GpuPoolArgs
from components.compute.karpenter import Karpenter, KarpenterArgs
from components.foundation.cluster_roles import (
    ClusterReaders,
    ClusterReadersArgs,
    ModelDeployers,
    ModelDeployersArgs,
)
from components.foundation.well_known import MODELS
from components.gateway.certificates import Certificates, CertificatesArgs
from components.gateway.gateway import Gateway, GatewayArgs
from components.gateway.load_balancers import LoadBalancers, LoadBalancersArgs
from components.identity.capability_role import model_roles
from components.mesh.mesh import Mesh, MeshArgs
from components.models.args import ModelArgs
from components.models.llm import Llm
from components.models.predictive_model import PredictiveModel
from components.models.workload_namespace import WorkloadNamespace, WorkloadNamespaceArgs
from components.network.network import Network, NetworkArgs
from components.observability.audit_trail import AuditTrail, AuditTrailArgs
from components.observability.telemetry import Telemetry, TelemetryArgs
from components.serving.autoscaling import Autoscaling, AutoscalingArgs
from components.serving.serving import Serving, ServingArgs
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.model_store import ModelStore, ModelStoreArgs
from stacks.load import load_stack
from stacks.platform_handles import PlatformHandles

# ``stacks/`` and ``releases/`` beside the project file: this folder's, or another organisation's (``examples/``).
stack_files = Path(pulumi.get_root_directory() or ".") / "stacks"
stack = load_stack(pulumi.get_stack(), pulumi.Config().require_object("settings"), stack_files)
own, names, platform = stack.settings, stack.names, PlatformHandles(stack)
tags = own.platform.tags(stack.name)
provider = aws_provider(names, tags)
on_aws = pulumi.ResourceOptions(provider=provider)

# ``platform.args`` fills in ``names`` and the handles, each named as its section of the stack file: this
# stack's, made further up on this page, or its upstream's.

# Who: the roles of models. Every role carries the boundary, which the bootstrap made.
if own.identity is not None:
    platform.identity = model_roles(names, [MODELS], on_aws)

# The ground: storage, network, cluster, the first nodes.
if own.model_store is not None:
    store = platform.args(ModelStoreArgs, settings=own.model_store)
    platform.model_store = ModelStore("model-store", store, on_aws).handle
cache = None
if own.registry is not None:
    cache = ImageRegistry("registry", platform.args(ImageRegistryArgs, settings=own.registry), on_aws).handle
if own.audit_trail is not None:
    AuditTrail("audit-trail", platform.args(AuditTrailArgs, settings=own.audit_trail), on_aws)
if own.network is not None:
    addresses = platform.args(NetworkArgs, settings=own.network)
    platform.network = Network("network", addresses, on_aws).handle
if own.cluster is not None:
    control_plane = platform.args(ClusterArgs, settings=own.cluster)
    platform.cluster = Cluster("cluster", control_plane, on_aws).handle
if own.system_nodes is not None:
    pulls_after = cache.ready if cache is not None else ()
    nodes = platform.args(
        SystemNodesArgs, settings=own.system_nodes, instance_tags=tags, pulls_after=pulls_after
    )
    platform.system_nodes = SystemNodes("system-nodes", nodes, on_aws).handle

# Everything below stands inside the cluster; nothing is asked of it before the deploy role may enter.
inside = on_aws
if stack.owner_of("cluster") is not None:
    api = kubernetes_provider(names, platform.cluster)
    inside = pulumi.ResourceOptions(providers=[provider, api])
if own.cluster is not None:
    ClusterReaders("cluster-readers", platform.args(ClusterReadersArgs), inside)
if own.system_nodes is not None:
    basics = platform.args(ClusterAddonsArgs)
    platform.cluster_addons = ClusterAddons("cluster-addons", basics, inside).handle

# Machines on demand.
if own.karpenter is not None:
    provisioner = platform.args(KarpenterArgs, settings=own.karpenter)
    platform.karpenter = Karpenter("karpenter", provisioner, inside).handle
for pool, limits in own.gpu_pools.items():
    machines = platform.args(GpuPoolArgs, pool=pool, settings=limits, tags=tags)
    GpuPool(f"gpu-{pool}", machines, inside)
for pool, limit in own.cpu_pools.items():
    CpuPool(f"cpu-{pool}", platform.args(CpuPoolArgs, pool=pool, settings=limit, tags=tags), inside)

# Trust and ways in.
if own.certificates is not None:
    authority = platform.args(CertificatesArgs, settings=own.certificates)
    platform.certificates = Certificates("certificates", authority, inside).handle
if own.load_balancers is not None:
    balancers = platform.args(LoadBalancersArgs, settings=own.load_balancers, tags=tags)
    platform.load_balancers = LoadBalancers("load-balancers", balancers, inside).handle
if own.mesh is not None:
    ambient = platform.args(MeshArgs, settings=own.mesh)
    platform.mesh = Mesh("mesh", ambient, inside).handle
if own.gateway is not None:
    tiers = platform.args(GatewayArgs, settings=own.gateway)
    platform.gateway = Gateway("gateway", tiers, inside).handle

# What serves, scales and watches.
if own.serving is not None:
    kserve = platform.args(ServingArgs, settings=own.serving)
    platform.serving = Serving("serving", kserve, inside).handle
if own.autoscaling is not None:
    keda = platform.args(AutoscalingArgs, settings=own.autoscaling)
    platform.autoscaling = Autoscaling("autoscaling", keda, inside).handle
if own.telemetry is not None:
    watch = platform.args(TelemetryArgs, settings=own.telemetry)
    platform.telemetry = Telemetry("telemetry", watch, inside).handle

# The models.
if own.workload_namespace is not None:
    workloads = platform.args(WorkloadNamespaceArgs, settings=own.workload_namespace)
    platform.workload_namespace = WorkloadNamespace("models-namespace", workloads, inside).handle
    ModelDeployers("model-deployers", platform.args(ModelDeployersArgs), inside)
stable = {model: chosen.traffic.stable for model, chosen in own.models.items()}
for model, plan in stack.plans.items():
    wanted = platform.args(ModelArgs, plan=plan, settings=own.models[model], namespace=MODELS, stable=stable)
    (Llm if plan.engine == "vllm" else PredictiveModel)(f"model-{model}", wanted, inside)

platform.export()
