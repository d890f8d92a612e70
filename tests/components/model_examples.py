"""Two plans and what stands above a model, for the tests of everything that serves one."""

from dataclasses import replace

from components.gateway.gateway import GatewayHandle
from components.identity.capability_role import CapabilityRoleHandle
from components.models.args import ModelArgs
from components.models.model_loading import Starts, start_path
from components.models.plan import ModelPlan, ReleasePlan
from components.models.settings import ModelSettings, ReplicaSettings, VersionSettings
from components.models.traffic import TrafficSettings
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.observability.telemetry import TelemetryHandle
from components.serving.autoscaling import AutoscalingHandle
from components.serving.serving import ServingHandle
from releases.instances import AcceleratorNeeds

ONCE = Starts(per_day=0, nodes=1)
GATEWAY = GatewayHandle(
    hostname="models.example.com",
    issuer="https://login.example.com",
    jwks_uri="https://login.example.com/keys",
    audiences=["models"],
    request_timeout="300s",
)
EMBEDDING = ReleasePlan(
    model="minilm",
    version="v1",
    task="text-embedding",
    engine="huggingface",
    artifact_uri="s3://example-test-models/minilm-v1/",
    start=start_path(
        size_bytes=91_618_861, uri="s3://example-test-models/minilm-v1/", image=None, starts=ONCE
    ),
    digest="sha256:" + "2" * 64,
    size_bytes=91_618_861,
    data_class="internal",
    personal_data="refused",
    owner="search",
    needs=AcceleratorNeeds(gpu_count=0, gpu_memory_gib=0, cpu=2, memory_gib=2),
    concurrency=8,
    max_context=256,
)
CHAT = ReleasePlan(
    model="support-chat",
    version="v1",
    task="chat",
    engine="vllm",
    artifact_uri="s3://example-test-models/support-chat-v1/",
    start=start_path(
        size_bytes=16_381_470_720, uri="s3://example-test-models/support-chat-v1/", image=None, starts=ONCE
    ),
    digest="sha256:" + "1" * 64,
    size_bytes=16_381_470_720,
    data_class="confidential",
    personal_data="redacted",
    owner="support",
    needs=AcceleratorNeeds(gpu_count=2, gpu_memory_gib=18, cpu=4, memory_gib=24),
    concurrency=2,
    max_context=8192,
)
EMBEDDING_POD = {
    "slipway.dev/workload": "model",
    "slipway.dev/model": "minilm",
    "slipway.dev/version": "v1",
    "slipway.dev/data-class": "internal",
    "slipway.dev/owner": "search",
}
CHAT_POD = {
    "slipway.dev/workload": "model",
    "slipway.dev/model": "support-chat",
    "slipway.dev/version": "v1",
    "slipway.dev/data-class": "confidential",
    "slipway.dev/owner": "support",
}


STABLE = TrafficSettings(stable="v1")


def second(plan):
    """The next version of a release, with other files."""
    files = plan.artifact_uri.replace("-v1/", "-v2/")
    return replace(plan, version="v2", artifact_uri=files, digest="sha256:" + "3" * 64)


def model_args(*plans, names, pool="cpu", least=1, most=1, traffic=STABLE, **chosen_too):
    """The args of a model's component, with these versions; what stands above it is there already."""
    chosen = VersionSettings(pool=pool, replicas=ReplicaSettings(min=least, max=most))
    return ModelArgs(
        plan=ModelPlan(model=plans[0].model, releases={plan.version: plan for plan in plans}),
        settings=ModelSettings(
            versions={plan.version: chosen for plan in plans}, traffic=traffic, **chosen_too
        ),
        names=names,
        namespace="models",
        identity=CapabilityRoleHandle(role_arn="arn:aws:iam::111122223333:role/example-test-model-reader"),
        workload_namespace=WorkloadNamespaceHandle(name="models"),
        serving=ServingHandle(),
        gateway=GATEWAY,
        autoscaling=AutoscalingHandle(),
        telemetry=TelemetryHandle(otlp_endpoint="http://otel-collector.observability.svc.cluster.local:4317"),
    )
