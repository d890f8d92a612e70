import pytest

from policies.analysis.kserve.objects import moving_source, predictor_pods
from policies.engine.graph import Graph
from tests.policies.cases import resource
from tests.policies.model_examples import API


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("s3://models/minilm-v1/", ""),
        ("s3://models/minilm/v1.2/weights", ""),
        ("gs://models/iris/1/", ""),
        ("pvc://claim/models/2026-11-23", ""),
        ("s3://models/minilm-3f2a9c0d1e5b", ""),
        ("hf://org/model:" + "a" * 40, ""),
        ("hf://org/model", "hf://org/model names no commit"),
        ("hf://org/model:main", "hf://org/model:main names no commit"),
        ("s3://models-v1/minilm", "s3://models-v1/minilm names no version"),
        ("s3://models/llama-3.1-8b/", "s3://models/llama-3.1-8b/ names no version"),
        ("s3://models/v1/current/", "s3://models/v1/current/ is whatever current means today"),
        ("oci+native://host/model:v1", "oci+native://host/model:v1 names no digest"),
    ],
)
def test_a_version_is_a_part_of_the_path_that_does_not_move(uri, problem):
    assert moving_source(uri) == problem


def test_a_services_arguments_are_added_to_its_runtimes():
    runtime = {
        "metadata": {"name": "server"},
        "spec": {
            "containers": [{"name": "kserve-container", "image": "s:1", "args": ["--trust-remote-code"]}]
        },
    }
    predictor = {"model": {"runtime": "server", "args": ["--port=1"], "image": ""}}
    made = [
        resource(f"{API}/v1alpha1:ClusterServingRuntime", runtime, "server"),
        resource(
            f"{API}/v1beta1:InferenceService",
            {"metadata": {"name": "m"}, "spec": {"predictor": predictor}},
            "m",
        ),
    ]
    ((_, pod),) = predictor_pods(made[1], Graph(made))
    (server,) = pod["containers"]
    assert (server["image"], server["args"]) == ("s:1", ["--trust-remote-code", "--port=1"])
