"""The platform, top to bottom. Read this file first."""

from pathlib import Path

import pulumi

from components.agents.agents import Agents, AgentsArgs
from components.cluster.adopted_cluster import AdoptedCluster
from components.cluster.cluster import Cluster, ClusterArgs
from components.cluster.cluster_addons import ClusterAddons, ClusterAddonsArgs
from components.cluster.providers import aws_provider, kubernetes_provider
from components.cluster.system_nodes import SystemNodes, SystemNodesArgs
from components.compute.cpu_pool import CpuPool, CpuPoolArgs
from components.compute.gpu_pool import GpuPool, GpuPoolArgs
from components.compute.karpenter import Karpenter, KarpenterArgs
from components.foundation.well_known import MODELS
from components.gateway.certificates import Certificates, CertificatesArgs
from components.gateway.gateway import Gateway, GatewayArgs
from components.gateway.load_balancers import LoadBalancers, LoadBalancersArgs
from components.identity.capability_role import model_roles
from components.identity.existing_boundary import AdoptedBoundary, AdoptedBoundaryArgs
from components.loops.durable import Durable, DurableArgs
from components.loops.workers import LoopWorkers, LoopWorkersArgs
from components.mesh.mesh import Mesh, MeshArgs
from components.models.args import ModelArgs
from components.models.cluster_roles import (
    ClusterReaders,
    ClusterReadersArgs,
    ModelDeployers,
    ModelDeployersArgs,
)
from components.models.llm import Llm
from components.models.predictive_model import PredictiveModel
from components.models.workload_namespace import WorkloadNamespace, WorkloadNamespaceArgs
from components.network.adopted_network import AdoptedNetwork
from components.network.network import Network, NetworkArgs
from components.observability.audit_trail import AuditTrail, AuditTrailArgs
from components.observability.telemetry import Telemetry, TelemetryArgs
from components.serving.autoscaling import Autoscaling, AutoscalingArgs
from components.serving.serving import Serving, ServingArgs
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.model_store import ModelStore, ModelStoreArgs
from stacks.accepted import constants_of
from stacks.load import load_stack
from stacks.platform_handles import PlatformHandles

# ``stacks/`` and ``releases/`` beside the project file: this folder's, or another organisation's (``examples/``).
stack_files = Path(pulumi.get_root_directory() or ".") / "stacks"
stack = load_stack(pulumi.get_stack(), pulumi.Config().require_object("settings"), stack_files)
own, names, platform = stack.settings, stack.names, PlatformHandles(stack)
tags, kept, registry = own.platform.tags(stack.name), own.platform.kept, stack.registry
provider = aws_provider(names, tags)
on_aws = pulumi.ResourceOptions(provider=provider)
# ``platform.network`` and the like are handles: of this stack, made further up on this page, or of the stack above that
# exports them. ``stack.ground`` is what the network's settings say, known before anything exists.

# Who: the roles of models. Every role carries the boundary, which the bootstrap made, or the organisation.
if own.identity is not None:
    if own.identity.boundary is not None:
        AdoptedBoundary("boundary", AdoptedBoundaryArgs(settings=own.identity.boundary), on_aws)
    platform.identity = model_roles(names, [MODELS], on_aws)

# The ground: storage, network, cluster, the first nodes.
if own.model_store is not None:
    model_store = ModelStoreArgs(settings=own.model_store, names=names, lifecycle=kept)
    platform.model_store = ModelStore("model-store", model_store, on_aws).handle
cache = None
if own.registry is not None:
    image_registry = ImageRegistryArgs(settings=own.registry, names=names, registry=registry, lifecycle=kept)
    cache = ImageRegistry("registry", image_registry, on_aws).handle
if own.audit_trail is not None:
    audit_trail = AuditTrailArgs(
        settings=own.audit_trail, names=names, model_store=platform.model_store, lifecycle=kept
    )
    AuditTrail("audit-trail", audit_trail, on_aws)
if own.network is not None:
    network = NetworkArgs(settings=own.network, names=names, lifecycle=kept, registry=registry)
    made = AdoptedNetwork if own.network.existing else Network
    platform.network = made("network", network, on_aws).handle
if own.cluster is not None:
    cluster = ClusterArgs(settings=own.cluster, names=names, network=platform.network, lifecycle=kept)
    stands = AdoptedCluster if own.cluster.existing else Cluster
    platform.cluster = stands("cluster", cluster, on_aws).handle
if own.system_nodes is not None:
    system_nodes = SystemNodesArgs(
        settings=own.system_nodes,
        names=names,
        network=platform.network,
        zones=stack.ground.zones,
        cluster=platform.cluster,
        instance_tags=tags,
        registry=registry,
        pulls_after=cache.ready if cache is not None else (),
    )
    platform.system_nodes = SystemNodes("system-nodes", system_nodes, on_aws).handle

# Everything below stands inside the cluster; nothing is asked of it before the deploy role may enter.
inside = on_aws
if stack.owner_of("cluster") is not None:
    inside = pulumi.ResourceOptions(providers=[provider, kubernetes_provider(names, platform.cluster)])
if own.cluster is not None:
    ClusterReaders("cluster-readers", ClusterReadersArgs(cluster=platform.cluster), inside)
if own.system_nodes is not None:
    cluster_addons = ClusterAddonsArgs(
        names=names, cluster=platform.cluster, system_nodes=platform.system_nodes, there=stack.add_ons_there
    )
    platform.cluster_addons = ClusterAddons("cluster-addons", cluster_addons, inside).handle

# Machines on demand.
if own.karpenter is not None:
    karpenter = KarpenterArgs(
        settings=own.karpenter,
        names=names,
        cluster=platform.cluster,
        cluster_addons=platform.cluster_addons,
        registry=registry,
    )
    platform.karpenter = Karpenter("karpenter", karpenter, inside).handle
for pool, gpu in own.gpu_pools.items():
    gpu_pool = GpuPoolArgs(pool=pool, settings=gpu, names=names, karpenter=platform.karpenter, tags=tags)
    GpuPool(f"gpu-{pool}", gpu_pool, inside)
for pool, cpu in own.cpu_pools.items():
    cpu_pool = CpuPoolArgs(pool=pool, settings=cpu, names=names, karpenter=platform.karpenter, tags=tags)
    CpuPool(f"cpu-{pool}", cpu_pool, inside)

# Trust and ways in.
if own.certificates is not None:
    certificates = CertificatesArgs(
        settings=own.certificates, cluster_addons=platform.cluster_addons, names=names, registry=registry
    )
    platform.certificates = Certificates("certificates", certificates, inside).handle
if own.load_balancers is not None:
    load_balancers = LoadBalancersArgs(
        settings=own.load_balancers,
        names=names,
        cluster=platform.cluster,
        cluster_addons=platform.cluster_addons,
        certificates=platform.certificates,
        tags=tags,
        registry=registry,
    )
    platform.load_balancers = LoadBalancers("load-balancers", load_balancers, inside).handle
if own.mesh is not None:
    mesh = MeshArgs(settings=own.mesh, cluster_addons=platform.cluster_addons, registry=registry)
    platform.mesh = Mesh("mesh", mesh, inside).handle
if own.gateway is not None:
    gateway = GatewayArgs(
        settings=own.gateway,
        names=names,
        network=platform.network,
        cluster=platform.cluster,
        lifecycle=kept,
        cluster_addons=platform.cluster_addons,
        certificates=platform.certificates,
        load_balancers=platform.load_balancers,
        mesh=platform.mesh,
        balancer_ranges=stack.ground.balancer_ranges,
        registry=registry,
    )
    platform.gateway = Gateway("gateway", gateway, inside).handle

# What serves, scales and watches.
if own.serving is not None:
    serving = ServingArgs(
        settings=own.serving,
        names=names,
        api_server_range=stack.ground.api_server_range,
        cluster_addons=platform.cluster_addons,
        certificates=platform.certificates,
        mesh=platform.mesh,
        gateway=platform.gateway,
        registry=registry,
    )
    platform.serving = Serving("serving", serving, inside).handle
if own.autoscaling is not None:
    autoscaling = AutoscalingArgs(
        settings=own.autoscaling,
        api_server_range=stack.ground.api_server_range,
        cluster_addons=platform.cluster_addons,
        mesh=platform.mesh,
        registry=registry,
    )
    platform.autoscaling = Autoscaling("autoscaling", autoscaling, inside).handle
if own.telemetry is not None:
    telemetry = TelemetryArgs(
        settings=own.telemetry,
        names=names,
        cluster=platform.cluster,
        cluster_addons=platform.cluster_addons,
        mesh=platform.mesh,
        lifecycle=kept,
        registry=registry,
        constants=constants_of(stack.name, own.gpu_pools.values()),
    )
    platform.telemetry = Telemetry("telemetry", telemetry, inside).handle

# The models, the loops that move and watch them, and the agents that think with them.
if own.workload_namespace is not None:
    workload_namespace = WorkloadNamespaceArgs(
        settings=own.workload_namespace,
        api_server_range=stack.ground.api_server_range,
        endpoint_ranges=stack.ground.endpoint_ranges,
        mesh=platform.mesh,
    )
    platform.workload_namespace = WorkloadNamespace("models-namespace", workload_namespace, inside).handle
    deployers = ModelDeployersArgs(workload_namespace=platform.workload_namespace, gateway=platform.gateway)
    ModelDeployers("model-deployers", deployers, inside)
if own.durable is not None:
    durable = DurableArgs(
        settings=own.durable,
        names=names,
        network=platform.network,
        cluster=platform.cluster,
        mesh=platform.mesh,
        address_ranges=stack.ground.balancer_ranges["internal"],
        lifecycle=kept,
        registry=registry,
    )
    platform.durable = Durable("durable", durable, inside).handle
if own.loops is not None:
    loops = LoopWorkersArgs(
        settings=own.loops,
        engine=stack.settings_of("durable"),
        names=names,
        ground=stack.ground,
        durable=platform.durable,
        workload_namespace=platform.workload_namespace,
        gateway=platform.gateway,
        telemetry=platform.telemetry,
        lifecycle=kept,
    )
    platform.loops = LoopWorkers("loops", loops, inside).handle
for name, plan in stack.plans.items():
    model = ModelArgs(
        plan=plan,
        settings=own.models[name],
        names=names,
        namespace=MODELS,
        identity=platform.identity,
        workload_namespace=platform.workload_namespace,
        serving=platform.serving,
        gateway=platform.gateway,
        autoscaling=platform.autoscaling,
        telemetry=platform.telemetry,
        registry=registry,
        stable={other: chosen.traffic.stable for other, chosen in own.models.items()},
    )
    (Llm if plan.engine == "vllm" else PredictiveModel)(f"model-{name}", model, inside)
if own.agents:
    agents = AgentsArgs(
        agents=stack.agents,
        engine=stack.settings_of("durable"),
        hostname=stack.settings_of("gateway").hostname,
        has_own_authority=stack.settings_of("certificates").acme is None,
        names=names,
        ground=stack.ground,
        model_store=platform.model_store,
        durable=platform.durable,
        workload_namespace=platform.workload_namespace,
        gateway=platform.gateway,
        telemetry=platform.telemetry,
        lifecycle=kept,
    )
    Agents("agents", agents, inside)
platform.export()
