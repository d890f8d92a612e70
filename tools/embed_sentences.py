"""The embedding model's forward pass in NumPy, and how well its similarities follow people's judgement.

Run by the interpreter of tools/evaluation-requirements.txt: ``embed_sentences.py WEIGHTS PAIRS`` prints JSON. The
model is a BERT of 6 layers whose last states are averaged and scaled to length 1 (its config.json, modules.json and
1_Pooling/config.json). PyTorch would bring 3 GB for the same 90 MB of weights.
"""

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from scipy.stats import spearmanr
from tokenizers import Tokenizer


class Embedder:
    """Sentences to vectors of length 1; ``weights`` is the folder of the model's files."""

    def __init__(self, weights: Path) -> None:
        self.config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
        limits = json.loads((weights / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self.tensors = load_file(weights / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(limits["max_seq_length"])

    def embed(self, sentence: str) -> np.ndarray:
        """The sentence's vector."""
        tokens = self.tokenizer.encode(sentence).ids
        state = (
            self.tensors["embeddings.word_embeddings.weight"][tokens]
            + self.tensors["embeddings.position_embeddings.weight"][: len(tokens)]
            + self.tensors["embeddings.token_type_embeddings.weight"][0]
        )
        state = self._normalised(state, "embeddings.LayerNorm")
        for layer in range(self.config["num_hidden_layers"]):
            state = self._layer(state, f"encoder.layer.{layer}.")
        mean = state.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, state: np.ndarray, name: str) -> np.ndarray:
        heads, size = self.config["num_attention_heads"], self.config["hidden_size"]
        query, key, value = (
            self._linear(state, f"{name}attention.self.{part}")
            .reshape(len(state), heads, size // heads)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        attention = softmax(query @ key.transpose(0, 2, 1) / math.sqrt(size // heads), axis=-1) @ value
        joined = attention.transpose(1, 0, 2).reshape(len(state), size)
        state = self._normalised(
            state + self._linear(joined, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm"
        )
        inner = self._linear(state, f"{name}intermediate.dense")
        inner = inner * (1 + erf(inner / math.sqrt(2))) / 2
        return self._normalised(state + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, state: np.ndarray, name: str) -> np.ndarray:
        return state @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def _normalised(self, state: np.ndarray, name: str) -> np.ndarray:
        centred = state - state.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + self.config["layer_norm_eps"])
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]


def spearman(embedder: Embedder, pairs: Path) -> tuple[int, float]:
    """How many pairs, and the rank correlation of similarities with people's scores, to four digits."""
    with pairs.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    similar = [float(embedder.embed(row["first"]) @ embedder.embed(row["second"])) for row in rows]
    correlation = spearmanr([float(row["score"]) for row in rows], similar).statistic
    return len(rows), round(float(correlation), 4)


def main() -> None:
    """The command."""
    count, value = spearman(Embedder(Path(sys.argv[1])), Path(sys.argv[2]))
    print(json.dumps({"pairs": count, "spearman": value}))


if __name__ == "__main__":
    main()
