"""A model that names no runtime finds one in view that takes its format by itself."""

from dataclasses import replace

from policies.engine.graph import UNKNOWN
from policies.rules.serving.runtime_choice import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

KIND = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
WHOLE = "kubernetes:serving.kserve.io/v1alpha1:ClusterServingRuntime"
OWN = "kubernetes:serving.kserve.io/v1alpha1:ServingRuntime"


def model(name="onnx", version="1", **more):
    said = {"modelFormat": {"name": name, "version": version}, **more}
    metadata = {"name": "m", "namespace": "models"}
    return resource(
        KIND, {"kind": "InferenceService", "metadata": metadata, "spec": {"predictor": {"model": said}}}
    )


def runtime(name="onnx", kind=WHOLE, *, auto=True, version="1", namespace="models", **spec):
    taken = {"name": name, "version": version, "autoSelect": auto}
    metadata = {"name": name, "namespace": namespace}
    return resource(kind, {"metadata": metadata, "spec": {"supportedModelFormats": [taken], **spec}}, name)


def unserved(said):
    return [f"spec.predictor.model.runtime: is not set, and no runtime in view says autoSelect for {said}"]


CASES = {
    "models-find-a-runtime": RuleCases(
        passing=[
            Case(model(), [runtime()]),
            Case(model(), [runtime(kind=OWN)]),
            Case(model(runtime="onnx"), [runtime(auto=False)]),
            Case(model(version=None), [runtime(version="2")]),
            Case(model(), []),  # none in view says nothing
            Case(replace(model(), source="a.yaml#x"), [runtime(auto=False)]),  # a cluster has others
            Case(model(), [], elsewhere=[runtime()]),
        ],
        failing=[
            Case(model(), [runtime(auto=False)], unserved("onnx 1")),
            Case(model(), [runtime(version="2")], unserved("onnx 1")),
            Case(model(version=None), [runtime("xgboost")], unserved("onnx")),
            Case(model(), [runtime(disabled=True)], unserved("onnx 1")),
            Case(model(), [runtime("xgboost"), runtime(kind=OWN, namespace="other")], unserved("onnx 1")),
        ],
        not_applicable=[Case(runtime())],
        undecided=[Case(model(), [runtime(auto=UNKNOWN)])],
    )
}
test_cases = cases_test(PLATFORM, CASES)
