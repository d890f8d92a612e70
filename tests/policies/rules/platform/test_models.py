from policies.engine.graph import UNKNOWN
from policies.rules.platform.models import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
OTHER = resource("aws:s3/bucket:Bucket", {})
NOTES = {"slipway.dev/owner": "search", "slipway.dev/data-class": "internal"}
DIGEST = {"slipway.dev/artifact-digest": "sha256:1"}


def predictive(predictor, **spec):
    return resource(ISVC, {"kind": "x", "metadata": {"name": "m"}, "spec": {"predictor": predictor, **spec}})


def language(metadata, **spec):
    return resource(LLM, {"kind": "x", "metadata": {"name": "m", **metadata}, "spec": spec})


NAMESPACE = resource("kubernetes:core/v1:Namespace", {"kind": "Namespace", "metadata": {"name": "models"}})
MODEL = resource(ISVC, {"kind": "x", "metadata": {"name": "m", "namespace": "models"}, "spec": {}}, "m")
BOUNDS = {"pods": "9", "requests.cpu": "9", "requests.memory": "9Gi", "requests.nvidia.com/gpu": "1"}
SHUT = {"services.loadbalancers": "0", "services.nodeports": 0}
PRIORITIES = ["slipway-platform", "system-cluster-critical", "system-node-critical"]


def quota(hard, priorities=None, name="quota"):
    spec = {"hard": hard}
    if priorities:
        test = {"scopeName": "PriorityClass", "operator": "In", "values": priorities}
        spec["scopeSelector"] = {"matchExpressions": [test]}
    metadata = {"name": name, "namespace": "models"}
    return resource(
        "kubernetes:core/v1:ResourceQuota",
        {"kind": "ResourceQuota", "metadata": metadata, "spec": spec},
        name,
    )


NONE_OF_OURS = quota({"pods": "0"}, PRIORITIES, "priorities")
CASES = {
    "models-say-whose-they-are": RuleCases(
        passing=[
            Case(predictive({"labels": NOTES, "annotations": DIGEST})),
            Case(language({"labels": NOTES, "annotations": DIGEST}, labels=NOTES)),
        ],
        failing=[
            Case(
                predictive(
                    {"labels": NOTES, "annotations": DIGEST},
                    canary=[{"predictor": {"name": "v2", "labels": NOTES}}],
                ),
                findings=["spec.canary[0].predictor.annotations[slipway.dev/artifact-digest]: is not set"],
            ),
            Case(
                language({"annotations": DIGEST}, labels=NOTES),
                findings=[
                    "metadata.labels[slipway.dev/data-class]: is not set",
                    "metadata.labels[slipway.dev/owner]: is not set",
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(predictive({"labels": UNKNOWN, "annotations": DIGEST})),
        ],
    ),
    "model-namespaces-open-nothing": RuleCases(
        passing=[
            Case(NAMESPACE, [MODEL, quota(BOUNDS | SHUT), NONE_OF_OURS]),
            Case(NAMESPACE),
        ],
        failing=[
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS), NONE_OF_OURS],
                [
                    "may open loadbalancers: no quota sets services.loadbalancers to 0",
                    "may open nodeports: no quota sets services.nodeports to 0",
                ],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT | {"services.nodeports": "1"}), NONE_OF_OURS],
                ["may open nodeports: no quota sets services.nodeports to 0"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota({"pods": "9", "requests.cpu": "9"} | SHUT), NONE_OF_OURS],
                ["no quota bounds requests.memory", "no quota bounds requests.nvidia.com/gpu"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT), quota({"pods": "0"}, PRIORITIES[1:], "some")],
                ["pods may take the priority slipway-platform"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT), quota({"pods": "1"}, PRIORITIES, "some")],
                [f"pods may take the priority {name}" for name in PRIORITIES],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(NAMESPACE, [MODEL, quota(UNKNOWN)])],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
