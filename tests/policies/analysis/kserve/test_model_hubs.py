"""A name is a hub's where an engine would ask one for it; a folder, a switch or another program's word is none."""

import pytest

from policies.analysis.kserve.model_hubs import asked

VLLM = "vllm/vllm-openai:v1"
OFFLINE = {"name": "HF_HUB_OFFLINE", "value": "1"}

ASKED = [
    ({"args": ["--model_id=org/model"]}, "takes org/model from a hub (--model_id)"),
    ({"args": ["--model-id", "gpt2"]}, "takes gpt2 from a hub (--model-id)"),
    ({"command": ["llama-server", "-hf", "org/model:Q4"]}, "takes org/model:Q4 from a hub (-hf)"),
    ({"env": [{"name": "MODEL_ID", "value": "a/b"}]}, "takes a/b from a hub (MODEL_ID)"),
    ({"env": [{"name": "HF_HUB_OFFLINE", "value": "0"}]}, "may ask a hub (HF_HUB_OFFLINE is 0)"),
    ({"image": VLLM, "args": ["--model=a/b"]}, "takes a/b from a hub (--model)"),
    (
        {"command": ["python3", "-m", "sglang.launch_server", "--model-path", "a/b"]},
        "takes a/b from a hub (--model-path)",
    ),
    ({"command": ["bash", "-c", "vllm serve a/b --port 1"]}, "takes a/b from a hub (vllm serve)"),
]
SILENT = [
    {},
    {"args": ["--model_id=/mnt/models"]},
    {"args": ["--model-id", "./models/a"]},
    {"args": ["--model", "a/b"]},
    {"image": VLLM, "args": ["--model", "/mnt/models", "--served-model-name=a/b"]},
    {"image": VLLM, "args": ["--model", "a/b"], "env": [OFFLINE]},
    {"image": VLLM, "args": ["--model", "a/b"], "env": [{"name": "TRANSFORMERS_OFFLINE", "value": "true"}]},
    {"env": [{"name": "MODEL_ID", "value": "fraud"}, {"name": "MODEL_NAME", "value": "a/b"}]},
    {"env": [{"name": "HF_HUB_OFFLINE", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]},
    {"command": ["vllm", "serve", "/models/a"]},
]


@pytest.mark.parametrize(("container", "said"), ASKED)
def test_what_an_engine_would_ask_a_hub_for(container, said):
    assert [found.what for found in asked(container)] == [said]


@pytest.mark.parametrize("container", SILENT)
def test_what_it_would_not(container):
    assert list(asked(container)) == []
