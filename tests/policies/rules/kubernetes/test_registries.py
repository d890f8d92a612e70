"""Where images and charts are pulled from. Digests are another rule's."""

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.platform.registry import CACHE_RULE, COMPONENT
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.registries import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

OWN = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
ROOT = f"{OWN}/prod"
REGISTRY = resource(COMPONENT, {"host": OWN, "prefix": "prod", "own": OWN}, name="registry", custom=False)
NAMELESS = resource(COMPONENT, {"host": UNKNOWN, "prefix": "prod", "own": OWN}, name="registry", custom=False)
HUB = resource(
    CACHE_RULE, {"upstreamRegistryUrl": "registry-1.docker.io", "ecrRepositoryPrefix": "prod/docker.io"}
)
QUAY = resource(CACHE_RULE, {"upstreamRegistryUrl": "quay.io", "ecrRepositoryPrefix": "quay"}, name="quay")
OTHER = Case(resource("aws:s3/bucket:Bucket", {"bucket": "models"}), [HUB, REGISTRY])


def pod(image, **more):
    return resource(
        "kubernetes:core/v1:Pod",
        {"kind": "Pod", "spec": {"containers": [{"name": "c", "image": image, **more}]}},
    )


def release(chart, values):
    return resource(RELEASE, {"chart": chart, "values": values})


KEDA = {"image": {part: {"registry": f"{ROOT}/ghcr.io"} for part in ("keda", "metricsApiServer", "webhooks")}}
KEDA_CHART = f"oci://{ROOT}/ghcr.io/kedacore/charts/keda"

CASES = {
    "images-pass-their-cache": RuleCases(
        passing=[
            Case(pod("docker.io/library/redis:8")),
            Case(pod("docker.io/library/redis:8"), [QUAY]),
            Case(pod(f"{ROOT}/docker.io/library/redis:8"), [HUB]),
        ],
        failing=[
            Case(
                pod("docker.io/library/redis:8"),
                [HUB],
                [
                    "spec.containers[0].image: docker.io/library/redis:8 is pulled past the cache prod/docker.io"
                ],
            ),
            Case(
                pod("redis:8"),
                [HUB],
                ["spec.containers[0].image: redis:8 is pulled past the cache prod/docker.io"],
            ),
            Case(
                pod("kserve/agent:v1", args=["--solver=quay.io/jetstack/solver:v1"]),
                [QUAY],
                ["spec.containers[0].args[0]: quay.io/jetstack/solver:v1 is pulled past the cache quay"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(
                pod("redis:8"),
                [resource(CACHE_RULE, {"upstreamRegistryUrl": UNKNOWN, "ecrRepositoryPrefix": "x"})],
            )
        ],
    ),
    "images-come-from-the-registry": RuleCases(
        passing=[
            Case(pod("docker.io/library/redis:8"), [OURS]),
            Case(pod(f"{ROOT}/docker.io/library/redis:8"), [OURS, REGISTRY]),
            Case(pod(f"{OWN}/example-prod/runtime:1"), [OURS], elsewhere=[REGISTRY]),
            Case(
                resource(
                    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
                    {
                        "kind": "CustomResourceDefinition",
                        "spec": {"description": "such as quay.io/some/image:1"},
                    },
                ),
                [OURS, REGISTRY],
            ),
        ],
        failing=[
            Case(
                pod("ghcr.io/llm-d/llm-d-cuda:v0.8.0"),
                [OURS, REGISTRY],
                [f"spec.containers[0].image: ghcr.io/llm-d/llm-d-cuda:v0.8.0 is not pulled from {ROOT}"],
            ),
            Case(
                resource(
                    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
                    {
                        "kind": "LLMInferenceService",
                        "spec": {"template": {"volumes": [{"image": {"reference": "quay.io/m/weights:1"}}]}},
                    },
                ),
                [OURS],
                [
                    f"spec.template.volumes[0].image.reference: quay.io/m/weights:1 is not pulled from {ROOT}",
                ],
                elsewhere=[REGISTRY],
            ),
            Case(
                pod(f"{OWN}.example.com/prod/x:1"),
                [OURS, REGISTRY],
                [f"spec.containers[0].image: {OWN}.example.com/prod/x:1 is not pulled from {ROOT}"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(pod("redis:8"), [OURS, NAMELESS])],
    ),
    "charts-pull-from-the-registry": RuleCases(
        passing=[Case(release("keda", {}), [OURS]), Case(release(KEDA_CHART, KEDA), [OURS, REGISTRY])],
        failing=[
            Case(release("keda", KEDA), [OURS, REGISTRY], [f"chart: keda is not pulled from {ROOT}"]),
            Case(
                release(
                    KEDA_CHART, {"image": {**KEDA["image"], "keda": {}, "webhooks": {"registry": "ghcr.io"}}}
                ),
                [OURS, REGISTRY],
                [
                    f"values.image.keda.registry: the chart's own choice is not pulled from {ROOT}",
                    f"values.image.webhooks.registry: ghcr.io is not pulled from {ROOT}",
                ],
            ),
            Case(
                release(f"oci://{ROOT}/charts/unheard-of", {}),
                [OURS, REGISTRY],
                ["chart: unheard-of has no pin, and facts/pins/chart-images.yaml does not know its images"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(KEDA_CHART, {"image": UNKNOWN}), [OURS, REGISTRY])],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
