"""What the servers of predictive models are told about one release."""

import pytest

from components.models.predictor_arguments import predictor_server
from components.serving.runtimes import serving_runtimes


def _said(engine, task, *, on_gpu=False, max_context=None):
    return predictor_server(engine, task, max_context=max_context, on_gpu=on_gpu)


def test_an_embedding_model_is_served_by_the_server_s_own_backend():
    assert _said("huggingface", "text-embedding", max_context=256) == {
        "modelFormat": {"name": "huggingface", "version": "1"},
        "runtime": "slipway-huggingface",
        "protocolVersion": "v2",
        "args": [
            "--backend=huggingface",
            "--task=text_embedding",
            "--max_model_len=256",
        ],
    }


def test_a_classifier_names_its_task():
    args = _said("huggingface", "text-classification")["args"]
    assert args == ["--backend=huggingface", "--task=sequence_classification"]


def test_a_reranker_needs_the_vllm_inside_the_server():
    args = _said("huggingface", "reranking", max_context=512)["args"]
    assert args == ["--backend=vllm", "--enforce-eager", "--max-model-len=512"]


@pytest.mark.parametrize(
    ("on_gpu", "runtime"), [(False, "slipway-huggingface"), (True, "slipway-huggingface-gpu")]
)
def test_weights_for_a_gpu_get_the_build_for_gpus(on_gpu, runtime):
    assert _said("huggingface", "text-embedding", on_gpu=on_gpu)["runtime"] == runtime


@pytest.mark.parametrize(
    ("engine", "model_format"), [("xgboost", "xgboost"), ("lightgbm", "lightgbm"), ("openvino", "onnx")]
)
def test_tables_and_graphs_need_nothing_more(engine, model_format):
    said = _said(engine, "tabular", max_context=1)
    assert said["modelFormat"]["name"] == model_format
    assert said["args"] == []


@pytest.mark.parametrize(
    ("engine", "on_gpu"),
    [
        ("huggingface", False),
        ("huggingface", True),
        ("lightgbm", False),
        ("openvino", False),
        ("xgboost", False),
    ],
)
def test_what_a_predictor_names_is_in_the_catalogue_with_that_format(engine, on_gpu):
    said = _said(engine, "text-classification", on_gpu=on_gpu)
    runtimes = {r["metadata"]["name"]: r["spec"] for r in serving_runtimes().values()}
    (offered,) = runtimes[said["runtime"]]["supportedModelFormats"]
    assert said["modelFormat"] == {"name": offered["name"], "version": offered["version"]}
    assert said["protocolVersion"] in runtimes[said["runtime"]]["protocolVersions"]
