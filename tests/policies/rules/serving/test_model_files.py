import pytest

from policies.analysis.kserve.objects import loads_code
from policies.engine.graph import UNKNOWN
from policies.rules.serving.model_files import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API, OTHER, failing, llm, model, predictor, service


def trained(uri):
    spec = {"inferenceService": "x", "model": {"framework": "onnx", "storageUri": uri, "memory": "1Gi"}}
    return resource(f"{API}/v1alpha1:TrainedModel", {"kind": "TrainedModel", "spec": spec})


def cache(uri, kind="LocalModelCache"):
    return resource(f"{API}/v1alpha1:{kind}", {"kind": kind, "spec": {"sourceModelUri": uri}})


def config(**model):
    spec = {"model": model}
    return resource(f"{API}/v1alpha2:LLMInferenceServiceConfig", {"kind": "x", "spec": spec})


_PINNED = "hf://org/chat:" + "0" * 40

CASES = {
    "model-files-hold-no-code": RuleCases(
        passing=[
            Case(service()),
            Case(llm()),
            Case(trained("s3://a/model.onnx")),
            Case(cache("s3://a/pickle/v1/")),
            Case(config(name="chat")),
        ],
        failing=[
            failing(
                model(lambda m: m.update(storageUri="s3://a/model.joblib")),
                "spec.predictor.model.storageUri: s3://a/model.joblib is a pickle: loading it runs what is in it",
            ),
            failing(
                predictor(lambda p: p.update(sklearn={"storageUri": "gs://a/m.PKL"})),
                "spec.predictor.sklearn.storageUri: gs://a/m.PKL is a pickle: loading it runs what is in it",
            ),
            failing(
                model(lambda m: m.update(storage={"key": "s3", "path": "iris/model.pkl"})),
                "spec.predictor.model.storage.path: iris/model.pkl is a pickle: loading it runs what is in it",
            ),
            failing(
                trained("https://a.example.com/m.pt?raw=true"),
                "spec.model.storageUri: https://a.example.com/m.pt?raw=true is a pickle: loading it runs what is in it",
            ),
            failing(
                cache("s3://a/m.ckpt"),
                "spec.sourceModelUri: s3://a/m.ckpt is a pickle: loading it runs what is in it",
            ),
            failing(
                llm(lambda s: s["model"].update(lora={"adapters": [{"name": "a", "uri": "s3://b/a.pth"}]})),
                "spec.model.lora.adapters[0].uri: s3://b/a.pth is a pickle: loading it runs what is in it",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(trained(UNKNOWN)), Case(model(lambda m: m.update(storageUri=UNKNOWN)))],
    ),
    "model-files-come-from-a-store": RuleCases(
        passing=[Case(trained("s3://a/m/")), Case(cache(_PINNED)), Case(config(uri="s3://a/chat/"))],
        failing=[
            failing(
                trained(_PINNED),
                f"spec.model.storageUri: {_PINNED} is whatever the hub or the server answers",
            ),
            failing(
                cache("http://a.example.com/m", "LocalModelNamespaceCache"),
                "spec.sourceModelUri: http://a.example.com/m is whatever the hub or the server answers",
            ),
            failing(
                cache("hf://org/chat"),
                "spec.sourceModelUri: hf://org/chat is whatever the hub or the server answers",
            ),
            failing(config(uri="oci://host/chat:v1"), "spec.model.uri: oci://host/chat:v1 names no digest"),
        ],
        not_applicable=OTHER,
        undecided=[Case(cache(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize(
    ("uri", "is_code"),
    [("s3://a.pkl/m/", False), ("s3://a/m.pkl/", True), ("pvc://a/m", False), ("s3://a/pt", False)],
)
def test_the_last_name_decides(uri, is_code):
    assert bool(loads_code(uri)) is is_code
