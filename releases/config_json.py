"""What ``config.json`` of a model says about its architecture, in a record's words."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PRECISIONS: Final = ("float32", "bfloat16", "float16")


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

    @property
    def needs_remote_code(self) -> bool:
        """Whether its classes come with the weights (``auto_map``)."""
        return bool(self.data.get("auto_map"))

    @property
    def is_quantised(self) -> bool:
        return isinstance(self.data.get("quantization_config"), dict)

    @property
    def quantised_precision(self) -> str:
        """``int4`` or ``int8`` where a quantisation says so; empty otherwise."""
        said = self.data.get("quantization_config")
        bits = said.get("bits") if isinstance(said, dict) else None
        return {4: "int4", 8: "int8"}.get(bits, "") if isinstance(bits, int) else ""

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
        layers, heads = (
            self._number("num_hidden_layers", "n_layer"),
            self._number("num_attention_heads", "n_head"),
        )
        hidden, latent = self._number("hidden_size", "n_embd"), self._number("kv_lora_rank")
        if layers is None or heads is None or hidden is None:
            return None
        found: dict[str, Any] = {"layers": layers}
        if latent is not None:
            found["latent_dim"] = latent + (self._number("qk_rope_head_dim") or 0)
        else:
            found["kv_heads"] = self._number("num_key_value_heads") or heads
            found["head_dim"] = self._number("head_dim") or hidden // heads
        stored = str(self.data.get("dtype") or self.data.get("torch_dtype") or "")
        found["kv_precision"] = stored if stored in _PRECISIONS else "bfloat16"
        return found | self._window(layers)

    def _window(self, layers: int) -> dict[str, Any]:
        tokens, kinds = self._number("sliding_window"), self.data.get("layer_types")
        if tokens is None or self.data.get("use_sliding_window") is False:
            return {}
        windowed = kinds.count("sliding_attention") if isinstance(kinds, list) else layers
        return {"window": {"layers": windowed, "tokens": tokens}} if windowed else {}


def _talks(folder: Path) -> bool:
    """Whether the tokenizer has a template for chats."""
    if (folder / "chat_template.jinja").is_file():
        return True
    return bool(_mapping(folder / "tokenizer_config.json").get("chat_template"))


def _mapping(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path.name}: should hold a mapping")
    return data
