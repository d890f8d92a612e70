"""What the servers of predictive models are told about one release: format, runtime, arguments."""

from typing import Any, Final

from components.serving.runtimes import runtime_name

_FORMATS: Final = {
    "huggingface": ("huggingface", "1"),
    "lightgbm": ("lightgbm", "4"),
    "openvino": ("onnx", "1"),
    "xgboost": ("xgboost", "2"),
}
_BACKENDS: Final = {
    "text-classification": ("--backend=huggingface", "--task=sequence_classification"),
    "text-embedding": ("--backend=huggingface", "--task=text_embedding"),
    # The server's own backend answers "not implemented" to /rerank (encoder_model.py, KServe v0.20.0).
    "reranking": ("--backend=vllm", "--enforce-eager"),
}


def predictor_server(engine: str, task: str, *, max_context: int | None, on_gpu: bool) -> dict[str, Any]:
    """The part of ``predictor.model`` that says which server reads the files, and how.

    The model's name is the service's: the runtime says so to the server, and asks for it under that name.
    """
    name, version = _FORMATS[engine]
    return {
        "modelFormat": {"name": name, "version": version},
        "runtime": runtime_name(engine, on_gpu=on_gpu and engine == "huggingface"),
        "protocolVersion": "v2",
        "args": _arguments(engine, task, max_context),
    }


def _arguments(engine: str, task: str, max_context: int | None) -> list[str]:
    if engine != "huggingface":
        return []
    length = (
        []
        if max_context is None
        else [f"--{'max-model-len' if task == 'reranking' else 'max_model_len'}={max_context}"]
    )
    return [*_BACKENDS[task], *length]
