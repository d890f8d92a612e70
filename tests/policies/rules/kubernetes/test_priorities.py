from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.priorities import PLATFORM, PRIORITY_CLASS, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

SERVER = {"name": "m", "image": "server:1"}


def model(predictor, name="model", canary=()):
    said = {"predictor": {"containers": [SERVER], **predictor}, "canary": list(canary)}
    inputs = {"kind": "InferenceService", "metadata": {"name": "m", "namespace": "models"}, "spec": said}
    return resource(INFERENCE_SERVICE[0], inputs, name=name)


def priority_class(value, name="slipway-models", **more):
    inputs = {"kind": "PriorityClass", "metadata": {"name": name}, "value": value, **more}
    return resource(PRIORITY_CLASS, inputs, name=name)


def deployment(priority=None, name="proxy"):
    pod = {"containers": [SERVER], **({"priorityClassName": priority} if priority else {})}
    inputs = {"kind": "Deployment", "metadata": {"name": name, "namespace": "edge"}}
    return resource(
        "kubernetes:apps/v1:Deployment", {**inputs, "spec": {"template": {"spec": pod}}}, name=name
    )


CRITICAL = {"priorityClassName": "system-cluster-critical"}
MODELS = {"priorityClassName": "slipway-models"}
ISTIOD = resource(RELEASE, {"chart": "istiod"}, name="mesh-istiod")
LANGUAGE = resource(
    LLM[0],
    {
        "kind": "LLMInferenceService",
        "metadata": {"name": "chat", "namespace": "models"},
        "spec": {"template": {"containers": [SERVER], **MODELS}},
    },
    name="chat",
)
ABOVE = "slipway-models is 100000, and drives out"

CASES = {
    "models-do-not-outrank-the-platform": RuleCases(
        passing=[
            Case(model(MODELS), [priority_class(-10), deployment(), ISTIOD]),
            Case(model(MODELS), [deployment()]),  # the class stands in another stack
            Case(model({}), [deployment(), ISTIOD]),  # alike: nobody drives out anybody
            Case(model(MODELS), [priority_class(50), deployment("high"), priority_class(100, "high")]),
            Case(model(MODELS), [priority_class(50)]),
        ],
        failing=[
            Case(
                model(CRITICAL),
                findings=[
                    "spec.predictor.priorityClassName: system-cluster-critical is for what runs the cluster"
                ],
            ),
            Case(
                model({"tolerations": UNKNOWN}, canary=[{"predictor": CRITICAL}]),
                findings=[
                    "spec.canary[0].predictor.priorityClassName: system-cluster-critical is for what runs the cluster"
                ],
            ),
            Case(
                model(MODELS),
                [priority_class(100_000), deployment()],
                [f"spec.predictor.priorityClassName: {ABOVE} Deployment edge/proxy with 0"],
            ),
            Case(
                LANGUAGE,
                [priority_class(100_000), ISTIOD],
                [f"spec.template.priorityClassName: {ABOVE} mesh-istiod with 0"],
            ),
            Case(
                model({}),
                [priority_class(5, "usual", globalDefault=True), priority_class(1, "low"), deployment("low")],
                [
                    "spec.predictor.priorityClassName: the default is 5, and drives out Deployment edge/proxy with 1"
                ],
            ),
        ],
        not_applicable=[Case(deployment())],
        undecided=[Case(model({"priorityClassName": UNKNOWN}))],
    ),
    "classes-of-models-are-below-every-other-pod": RuleCases(
        passing=[
            Case(priority_class(-10), [deployment()]),
            Case(priority_class(100, "others"), [deployment()]),
            Case(priority_class(100)),
        ],
        failing=[
            Case(
                priority_class(0),
                [deployment()],
                ["value: 0 is not below Deployment edge/proxy, which has 0"],
            ),
            Case(priority_class(100_000), [ISTIOD], ["value: 100000 is not below mesh-istiod, which has 0"]),
        ],
        not_applicable=[Case(deployment())],
        undecided=[Case(priority_class(UNKNOWN), [deployment()])],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
