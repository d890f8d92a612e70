"""What the edge says in JSON where Envoy would say it in plain text, as plain data (fields: Envoy Gateway v1.8.1)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

Shape = Literal["openai", "inference"]
"""In whose words: OpenAI's API, or KServe's open inference protocol."""
_UNKNOWN: Final = "This request needs a token that is valid here."
_STRANGER: Final = "This caller may not use this model."
_NO_MODEL: Final = "There is no such model or path here."
_KINDS: Final = {"rate_limit_exceeded": "requests", "model_unavailable": "server_error"}
"""What OpenAI's API calls the kind of an error, by its code; a refusal is the caller's to mend."""


def refusals(shape: Shape) -> list[dict[str, Any]]:
    """What the edge itself says to strangers, in JSON: without these it answers in plain text.

    Only what the edge says: an engine's own 404 names what it did not find.
    """
    said = [
        override(
            (401,),
            # Envoy drops the header with the text that it says.
            answer(shape, _UNKNOWN, "invalid_token", {"WWW-Authenticate": "Bearer"}),
            source="Local",
        ),
        override((403,), answer(shape, _STRANGER, "permission_denied", {}), source="Local"),
    ]
    if shape == "openai":  # the AI gateway's, for a model or a path that no route has
        said.append(override((404,), answer(shape, _NO_MODEL, "model_not_found", {}), source="Local"))
    return said


def retry_after(seconds: int) -> dict[str, str]:
    """The header by which callers' libraries know how long to wait."""
    return {"Retry-After": str(seconds)}


def answer(shape: Shape, message: str, code: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """An error as the callers' libraries read it."""
    kind = _KINDS.get(code, "invalid_request_error")
    error: Any = {"message": message, "type": kind, "param": None, "code": code}
    body = json.dumps({"error": error if shape == "openai" else message}, ensure_ascii=False)
    return {
        "contentType": "application/json",
        # Envoy reads a percent sign as the start of a command of its own.
        "body": {"type": "Inline", "inline": body.replace("%", "%%")},
        **({"header": {"set": [{"name": n, "value": v} for n, v in headers.items()]}} if headers else {}),
    }


def override(
    codes: Sequence[int], response: dict[str, Any], *, source: Literal["Local", ""] = ""
) -> dict[str, Any]:
    """One answer in the place of others, the first that matches; without ``source`` an engine's own too."""
    return {
        "match": {"statusCodes": [{"type": "Value", "value": code} for code in codes]},
        **({"source": source} if source else {}),
        "response": response,
    }
