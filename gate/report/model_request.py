"""A request to a model, ready to be copied: the path and the form that callers write (docs/api.md)."""

import json
from collections.abc import Mapping
from typing import Final

_TABLE: Final = {
    "inputs": [{"name": "input-0", "shape": [1, 3], "datatype": "FP32", "data": [0.1, 0.2, 0.3]}]
}
_SENTENCE: Final = {
    "inputs": [{"name": "input-0", "shape": [1], "datatype": "BYTES", "data": ["my parcel is late"]}]
}


def request(host: str, model: str, task: str) -> tuple[str, str]:
    """The address of a model, and a request to it with a place for the token."""
    path, body = _interface(model, task)
    url = f"https://{host}{path}"
    return url, (
        f'curl "{url}" \\\n  -H "Authorization: Bearer $TOKEN" -H \'Content-Type: application/json\' \\\n'
        f"  -d '{json.dumps(body)}'"
    )


def _interface(model: str, task: str) -> tuple[str, Mapping[str, object]]:
    """The path callers write and a body that shows the form (docs/api.md)."""
    chat = {"model": model, "messages": [{"role": "user", "content": "Where is my parcel?"}]}
    forms: dict[str, tuple[str, Mapping[str, object]]] = {
        "chat": ("/v1/chat/completions", chat),
        "text-generation": (
            "/v1/completions",
            {"model": model, "prompt": "Once upon a time", "max_tokens": 64},
        ),
        "text-embedding": ("/v1/embeddings", {"model": model, "input": ["a red coat", "winter boots"]}),
        "reranking": (
            f"/models/{model}/v1/rerank",
            {"model": model, "query": "warm coat", "documents": ["a red coat", "winter boots"]},
        ),
        "text-classification": (f"/v2/models/{model}/infer", _SENTENCE),
        "tabular": (f"/v2/models/{model}/infer", _TABLE),
    }
    return forms[task]
