"""What ``config.json`` of a model says about its architecture, in a record's words."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PRECISIONS: Final = ("float32", "bfloat16", "float16")


_NAME_CLASSES: Final = frozenset({
    "config.json", "tokenizer_config.json", "processor_config.json", "preprocessor_config.json",
})  # fmt: skip
"""Files in which ``auto_map`` names classes (transformers' ``trust_remote_code``)."""
_METHODS: Final = {"fp8": "float8", "mxfp4": "float4", "nvfp4": "float4"}
_ALL_WINDOWED: Final = frozenset({"mistral", "mixtral", "phi3", "starcoder2"})
"""Kinds of model whose ``sliding_window`` is that of every layer (their classes in transformers, read 2026-11-25)."""


class ConfigError(ValueError):
    """A file that describes the model cannot be read; the message begins with its name."""


@dataclass(frozen=True)
class Config:
    """The configuration; empty where there is no file, as for boosted trees."""

    data: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> "Config":
        """The configuration in a folder.

        Raises:
            ConfigError: the file is no JSON mapping.
        """
        return cls(_mapping(folder / "config.json"))

    def _number(self, *keys: str) -> int | None:
        for key in keys:
            value = self.data.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
        return None

    @property
    def name(self) -> str:
        """What its makers called it, if that is not a path of their own."""
        name = self.data.get("_name_or_path")
        return name if isinstance(name, str) and not name.startswith(("/", ".")) else ""

    def max_context(self, folder: Path) -> int | None:
        """Tokens it reads at once: sentence-transformers may cut earlier than the model itself."""
        cut = _mapping(folder / "sentence_bert_config.json").get("max_seq_length")
        if isinstance(cut, int) and cut > 0:
            return cut
        return self._number("max_position_embeddings", "n_positions", "max_seq_len")

    def runs_code(self, folder: Path) -> tuple[str, ...]:
        """Each file that asks for classes which come with the weights: ``auto_map``, or a module of one's own."""
        asking = [
            f"{path.name}: auto_map names code that comes with the weights"
            for path in sorted(folder.glob("*.json"))
            if path.name in _NAME_CLASSES and _mapping(path).get("auto_map")
        ]
        modules = folder / "modules.json"
        kinds = [m.get("type") for m in _list(modules) if isinstance(m, dict)]
        foreign = [k for k in kinds if not (isinstance(k, str) and k.startswith("sentence_transformers."))]
        return (
            *asking,
            *(f"modules.json: {kind!r} is a class that comes with the weights" for kind in foreign),
        )

    @property
    def is_quantised(self) -> bool:
        return isinstance(self.data.get("quantization_config"), dict)

    @property
    def quantised_precision(self) -> str:
        """What a quantisation says, by its method or its bits; empty where there is none or it says neither."""
        said = self.data.get("quantization_config")
        if not isinstance(said, dict):
            return ""
        bits, method = said.get("bits"), said.get("quant_method")
        named = _METHODS.get(method, "") if isinstance(method, str) else ""
        return named or ({4: "int4", 8: "int8"}.get(bits, "") if isinstance(bits, int) else "")

    def task(self, folder: Path) -> str:
        """What the model is for, by its class and the files beside it; empty where they do not say."""
        named = self.data.get("architectures")
        kind = str(named[0]) if isinstance(named, list) and named else ""
        if (folder / "modules.json").is_file():  # sentence-transformers
            return "text-embedding"
        if kind.endswith("ForCausalLM"):
            return "chat" if _talks(folder) else "text-generation"
        if kind.endswith("ForSequenceClassification"):
            labels = self.data.get("id2label")
            is_score = self.data.get("num_labels") == 1 or (isinstance(labels, dict) and len(labels) == 1)
            return "reranking" if is_score else "text-classification"
        return ""

    def architecture(self) -> dict[str, Any] | None:
        """``needs.architecture``; nothing where a dimension is not there."""
        if "num_hidden_layers" not in self.data and isinstance(self.data.get("text_config"), dict):
            return Config(self.data["text_config"]).architecture()  # a model that sees or hears, too
        layers, heads = (
            self._number("num_hidden_layers", "n_layer"),
            self._number("num_attention_heads", "n_head"),
        )
        shared = "num_key_value_heads"
        if self.data.get(shared) is not None and self._number(shared) is None:
            return None  # another number in each layer, say: nothing that one figure could hold
        hidden, latent = self._number("hidden_size", "n_embd"), self._number("kv_lora_rank")
        if layers is None or heads is None or hidden is None:
            return None
        found: dict[str, Any] = {"layers": layers}
        if latent is not None:
            found["latent_dim"] = latent + (self._number("qk_rope_head_dim") or 0)
        else:
            found["kv_heads"] = self._number(shared) or heads
            found["head_dim"] = self._number("head_dim") or hidden // heads
        stored = str(self.data.get("dtype") or self.data.get("torch_dtype") or "")
        found["kv_precision"] = stored if stored in _PRECISIONS else "bfloat16"
        return found | self._window(layers)

    def _window(self, layers: int) -> dict[str, Any]:
        tokens = self._number("sliding_window")
        if tokens is None or self.data.get("use_sliding_window") is False:
            return {}
        windowed = self._windowed(layers)
        return {"window": {"layers": windowed, "tokens": tokens}} if windowed else {}

    def _windowed(self, layers: int) -> int:
        """How many layers look back over a window only; none where it is not said, which is the larger cache."""
        kinds, full = self.data.get("layer_types"), self.data.get("max_window_layers")
        pattern = self._number("sliding_window_pattern")
        if isinstance(kinds, list):
            return kinds.count("sliding_attention") if len(kinds) == layers else 0
        if pattern is not None:  # every so many layers one sees everything
            return layers - layers // pattern
        if type(full) is int:  # the layers before it see everything
            return max(0, layers - max(0, full))
        return layers if self.data.get("model_type") in _ALL_WINDOWED else 0


def _talks(folder: Path) -> bool:
    """Whether the tokenizer has a template for chats."""
    if (folder / "chat_template.jinja").is_file():
        return True
    return bool(_mapping(folder / "tokenizer_config.json").get("chat_template"))


def _json(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from None


def _mapping(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing where there is none."""
    data = _json(path)
    if data is None and not path.is_file():
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path.name}: should hold a mapping")
    return data


def _list(path: Path) -> list[Any]:
    """What a JSON file lists; nothing where there is none."""
    data = _json(path)
    if data is not None and not isinstance(data, list):
        raise ConfigError(f"{path.name}: should hold a list")
    return data or []


def base_of_adapter(folder: Path) -> str:
    """The model that an adapter in this folder was trained on (``adapter_config.json`` of PEFT); empty for none."""
    named = _mapping(folder / "adapter_config.json").get("base_model_name_or_path")
    return named if isinstance(named, str) else ""
