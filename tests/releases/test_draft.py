"""What a draft takes from the files, and what it leaves to people."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from facts.explain import placeholders
from releases.config_json import Config, ConfigError
from releases.digest import manifest
from releases.draft import draft

DAY = date(2026, 11, 23)
LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "hidden_size": 4096,
    "max_position_embeddings": 131072,
    "torch_dtype": "bfloat16",
    "_name_or_path": "/home/somebody/checkpoint",
}
CARD = "---\nlicense: llama3.1\nbase_model: [maker/base]\ndatasets:\n  - squad\n---\n# A model\n"


def weights(path: Path, dtype: str = "BF16", size: int = 2) -> None:
    header = json.dumps({"w": {"dtype": dtype, "shape": [4], "data_offsets": [0, 4 * size]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4 * size))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    weights(tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    (tmp_path / "chat_template.jinja").write_text("{{ messages }}")
    (tmp_path / "README.md").write_text(CARD)
    return tmp_path


def drafted(folder: Path) -> dict[str, Any]:
    return draft("support-chat", "v2", folder, manifest(folder), DAY)


def test_what_the_files_say_is_filled_in(folder: Path) -> None:
    data = drafted(folder)
    assert {key: data["artifact"][key] for key in ("uri", "format", "parameters", "precision")} == {
        "uri": "s3://{model_bucket}/support-chat-v2/",
        "format": "safetensors",
        "parameters": 4,
        "precision": "bfloat16",
    }
    assert data["artifact"]["digest"] == manifest(folder).digest
    assert (data["licence"]["name"], data["licence"]["read"]) == ("llama-3.1-community", DAY)
    assert (data["origin"]["base_model"], data["origin"]["training_data"]) == (
        "maker/base",
        [{"name": "squad"}],
    )
    needs = data["needs"]
    assert (needs["task"], needs["engine"], needs["gpu_count"], needs["max_context"]) == (
        "chat",
        "vllm",
        1,
        131072,
    )
    assert needs["architecture"] == {"layers": 32, "kv_heads": 8, "head_dim": 128, "kv_precision": "bfloat16"}


def test_what_people_decide_is_left_open(folder: Path) -> None:
    assert [line.partition(":")[0] for line in placeholders(drafted(folder))] == [
        "owner",
        "origin.model",
        "origin.revision",
        "origin.source",
        "origin.code",
        "evaluations.0",
        "data.data_class",
        "data.residency.0",
        "needs.cpu",
        "needs.concurrency",
        "bounds.replicas.maximum",
        "bounds.placements.0",
    ]


@pytest.mark.parametrize(
    ("changes", "task", "engine"),
    [
        (
            {"architectures": ["BertForSequenceClassification"], "num_labels": 3},
            "text-classification",
            "huggingface",
        ),
        (
            {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "x"}},
            "reranking",
            "huggingface",
        ),
        ({"architectures": ["SomethingElse"]}, "CHANGEME", "CHANGEME"),
        ({}, "chat", "vllm"),
    ],
)
def test_the_class_says_the_task_and_the_task_the_engine(
    folder: Path, changes: dict[str, Any], task: str, engine: str
) -> None:
    (folder / "config.json").write_text(json.dumps(LLAMA | changes))
    needs = drafted(folder)["needs"]
    assert (needs["task"].partition(":")[0], needs["engine"].partition(":")[0]) == (task, engine)


def test_sentence_transformers_cut_where_they_say(folder: Path) -> None:
    (folder / "modules.json").write_text("[]")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    needs = drafted(folder)["needs"]
    assert (needs["task"], needs["engine"], needs["max_context"]) == ("text-embedding", "huggingface", 256)
    assert (needs["gpu_count"], needs["cpu_only_allowed"]) == (0, True)


def test_quantised_weights_are_not_counted(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps(LLAMA | {"quantization_config": {"bits": 4}}))
    artifact = drafted(folder)["artifact"]
    assert artifact["precision"] == "int4"
    assert artifact["parameters"].startswith("CHANGEME")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"kv_lora_rank": 512, "qk_rope_head_dim": 64},
            {"layers": 32, "latent_dim": 576, "kv_precision": "bfloat16"},
        ),
        (
            {
                "sliding_window": 1024,
                "layer_types": ["sliding_attention"] + ["full_attention"] * 31,
                "head_dim": 64,
            },
            {
                "layers": 32,
                "kv_heads": 8,
                "head_dim": 64,
                "kv_precision": "bfloat16",
                "window": {"layers": 1, "tokens": 1024},
            },
        ),
        (
            {"sliding_window": 1024, "use_sliding_window": False, "dtype": "float16"},
            {"layers": 32, "kv_heads": 8, "head_dim": 128, "kv_precision": "float16"},
        ),
        ({"hidden_size": None}, None),
        ({"num_key_value_heads": [8, 4]}, None),
        ({"num_key_value_heads": "8"}, None),
    ],
)
def test_dimensions_are_those_of_the_cache(changes: dict[str, Any], found: dict[str, Any] | None) -> None:
    assert Config(LLAMA | changes).architecture() == found


@pytest.mark.parametrize(
    ("changes", "layers"),
    [
        ({"model_type": "mistral"}, 32),
        ({"model_type": "gemma3_text", "sliding_window_pattern": 6}, 27),
        ({"model_type": "qwen2", "max_window_layers": 28}, 4),
        ({"model_type": "qwen2", "max_window_layers": 32}, None),
        ({"model_type": "something"}, None),  # not said, so every layer is taken to see everything
        ({"model_type": "mistral", "layer_types": ["sliding_attention"] * 99}, None),
    ],
)
def test_a_window_is_counted_where_its_layers_are_told(changes: dict[str, Any], layers: int | None) -> None:
    found = Config(LLAMA | {"sliding_window": 4096} | changes).architecture()
    assert found is not None
    assert found.get("window", {}).get("layers") == layers


def test_a_model_that_sees_keeps_its_dimensions_in_a_section() -> None:
    nested = {"architectures": ["Gemma3ForConditionalGeneration"], "text_config": LLAMA}
    assert Config(nested).architecture() == Config(LLAMA).architecture()


def test_an_adapter_names_its_base_model_twice(folder: Path) -> None:
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "maker/base-8b"}')
    data = drafted(folder)
    assert (data["artifact"]["adapter_of"], data["origin"]["base_model"]) == (
        "maker/base-8b",
        "maker/base-8b",
    )


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("model.json", '{"learner": {}}', "xgboost"),
        ("model.ubj", "{L", "xgboost"),
        ("model.bst", "binf", "xgboost"),
        ("model.bst", "tree\nversion=v4\n", "lightgbm"),
        ("model.json", "{}", "CHANGEME"),
    ],
)
def test_trees_are_known_by_how_they_begin(tmp_path: Path, name: str, content: str, found: str) -> None:
    (tmp_path / name).write_text(content)
    assert drafted(tmp_path)["artifact"]["format"].partition(":")[0] == found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("tokenizer_config.json", '{"auto_map": {"AutoTokenizer": "x"}}'),
        ("modules.json", '[{"type": "sentence_transformers.models.Pooling"}, {"type": "custom_st.Mine"}]'),
    ],
)
def test_code_is_asked_for_in_more_places_than_one(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text)
    assert drafted(folder)["origin"]["needs_remote_code"] is True


def test_code_that_comes_with_the_weights_is_said(folder: Path) -> None:
    (folder / "config.json").write_text(
        json.dumps(LLAMA | {"auto_map": {"AutoModel": "x"}, "_name_or_path": "maker/x"})
    )
    origin = drafted(folder)["origin"]
    assert origin["needs_remote_code"] is True
    assert origin["model"] == "CHANGEME: the upstream name (maker/x)"


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("config.json", "{", "config.json: cannot be read"),
        ("config.json", "[]", "config.json: should hold a mapping"),
        ("tokenizer_config.json", "nope", "tokenizer_config.json: cannot be read"),
        ("README.md", "---\na: [\n---\n", "README.md"),
    ],
)
def test_files_that_cannot_be_read_make_no_draft(folder: Path, file: str, text: str, message: str) -> None:
    (folder / "chat_template.jinja").unlink()
    (folder / file).write_text(text)
    with pytest.raises(ConfigError, match=message):
        drafted(folder)
