"""Which engine serves which task from which format of files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Engine = Literal["huggingface", "lightgbm", "openvino", "vllm", "xgboost"]
Task = Literal["text-embedding", "text-classification", "reranking", "tabular", "chat", "text-generation"]
Format = Literal["safetensors", "onnx", "gguf", "lightgbm", "xgboost"]
"""``lightgbm``: its text in ``model.bst``; ``xgboost``: ``.json``, ``.ubj`` or ``.bst``. Both are data, not code."""


@dataclass(frozen=True, kw_only=True)
class Serves:
    """What one engine can do (sources: its runtime in components/serving/runtimes.py)."""

    tasks: tuple[Task, ...]
    formats: tuple[Format, ...]
    on_gpu: bool


ENGINES: Final[dict[Engine, Serves]] = {
    "huggingface": Serves(
        tasks=("text-embedding", "text-classification", "reranking"), formats=("safetensors",), on_gpu=True
    ),
    "lightgbm": Serves(tasks=("tabular",), formats=("lightgbm",), on_gpu=False),
    "openvino": Serves(tasks=("tabular", "text-classification"), formats=("onnx",), on_gpu=False),
    "vllm": Serves(tasks=("chat", "text-generation"), formats=("safetensors", "gguf"), on_gpu=True),
    "xgboost": Serves(tasks=("tabular",), formats=("xgboost",), on_gpu=False),
}


def engine_problems(engine: Engine, task: str, model_format: str, gpu_count: int) -> list[str]:
    """Why an engine cannot serve this, each with what can."""
    serves, said = ENGINES[engine], list[str]()
    if task not in serves.tasks:
        said.append(
            f"needs.engine {engine} serves {', '.join(serves.tasks)}; "
            f"{task} is served by {_those(lambda other: task in other.tasks)}"
        )
    if model_format not in serves.formats:
        said.append(
            f"needs.engine {engine} reads {', '.join(serves.formats)}; "
            f"{model_format} is read by {_those(lambda other: model_format in other.formats)}"
        )
    if gpu_count and not serves.on_gpu:
        said.append(f"needs.engine {engine} runs on the CPU here, so gpu_count should be 0")
    return said


def _those(fits: Callable[[Serves], bool]) -> str:
    return ", ".join(engine for engine, serves in ENGINES.items() if fits(serves)) or "none"
