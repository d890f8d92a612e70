"""Which engine a container starts, and how its options are read."""

import pytest

from policies.analysis.engines.scripts import commands
from policies.analysis.engines.splitting import parts
from policies.analysis.engines.started import engine_of
from policies.analysis.engines.weights import gigabytes


def container(command=(), args=(), image="", **env):
    return {
        "image": image,
        "command": list(command),
        "args": list(args),
        "env": [{"name": name, "value": value} for name, value in env.items()],
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (container(["vllm", "serve", "m"]), "vllm"),
        (container(["/opt/venv/bin/vllm", "serve", "m"]), "vllm"),
        (container(["python3", "-m", "vllm.entrypoints.openai.api_server"]), "vllm"),
        (container(args=["--model=m"], image="vllm/vllm-openai:v0.9.0"), "vllm"),
        (container(["sh", "-c", "sleep 1 && exec vllm serve m"]), "vllm"),
        (container(["bash", "-lc"], ["vllm serve 'unclosed"]), "vllm"),
        (container(["python", "-m", "sglang.launch_server"]), "sglang"),
        (container(image="ghcr.io/huggingface/text-generation-inference:3.0"), "tgi"),
        (container(["text-generation-launcher"]), "tgi"),
        (container(["trtllm-serve", "m"]), "trtllm"),
        (container(image="nvcr.io/nvidia/tritonserver:26.01-py3"), "triton"),
        (container(image="ollama/ollama:0.9"), "ollama"),
        (container(image="ghcr.io/ggml-org/llama.cpp:server-cuda"), "llama"),
        (container(image="docker.io/kserve/huggingfaceserver:v0.20.0"), "huggingface"),
        (container(image="ghcr.io/llm-d/llm-d-inference-sim:v1"), None),
        (container(image="lmcache/vllm-router:v1"), None),
        (container(["python", "bench.py", "--backend", "vllm"], image="vllm/vllm-openai:v0.9.0"), None),
        (container(["vllm", "bench", "serve", "m"]), None),
        (container(image="nginx:1.29"), None),
    ],
)
def test_the_engine_is_known_by_its_program_or_by_an_image_that_starts_it(found, expected):
    engine = engine_of(found)
    assert (engine and engine.name) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--tensor-parallel-size=4"], 4),
        (["--tensor-parallel-size", "4"], 4),
        (["--tensor_parallel_size", "4"], 4),
        (["-tp", "4", "-pp=2"], 8),
        (["--tensor-parallel-size 4"], 4),
        (["-tp", "2", "-tp", "4"], 4),
        (["-tp", "2", "--data-parallel-size", "8", "--data-parallel-size-local", "2"], 4),
        (["--tensor-parallel-size", "$(GPUS)"], 2),
        (["--tensor-parallel-size", "$(OTHER)"], None),
        (["-tp", "8", "--data-parallel-rank", "0"], None),
        (["-tp", "8", "--distributed-executor-backend", "ray"], None),
        (["-tp", "8", "--distributed-executor-backend", "mp"], 8),
        ([], 1),
    ],
)
def test_sizes_are_multiplied_however_they_are_written(args, expected):
    assert parts(engine_of(container(["vllm", "serve", "m"], args, GPUS="2"))) == expected


def test_what_a_script_sets_is_seen_by_what_follows():
    script = "export TP=4\nX=1 vllm serve m \\\n  --tensor-parallel-size ${TP} | tee log"
    assert parts(engine_of(container(["sh", "-c", script]))) == 4
    assert [command for command, _ in commands(["sh", "-c", "a;b && c"], {})] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("model", "args", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", [], 16),
        ("Llama-3.3-70B-Instruct-FP8", [], 70),
        ("Llama-3.3-70B-Instruct", ["--quantization", "awq"], 35),
        ("Qwen3-30B-A3B", [], 60),
        ("Mixtral-8x10B-v0.1", [], 128),
        ("openai/gpt-oss-120b", [], 60),
        ("/mnt/models", [], None),
        ("/mnt/b2b-chat", [], None),
        ("$(MODEL)-8B", [], None),
    ],
)
def test_a_name_says_how_large_weights_are_at_least(model, args, expected):
    assert gigabytes(engine_of(container(["vllm", "serve", model], args))) == expected


def test_a_script_of_any_length_is_read_in_time():
    long = "vllm serve m " + '"' * 200_001 + "$" * 200_000
    assert engine_of(container(["sh", "-c", long])).name == "vllm"
