"""The CRDs of the Gateway API inference extension, which no chart brings alone."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "facts" / "crds" / "inference.json"


@cache
def _definitions() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(_FILE.read_text(encoding="utf-8"))["definitions"])


def inference_crds() -> dict[str, dict[str, Any]]:
    """Each definition under its full name (``tools/make_inference_crds.py`` makes the file).

    Envoy Gateway does not finish starting while a kind it watches is missing, and the AI gateway looks once
    and then ignores pools until it is restarted: these come before both.
    """
    return {definition["metadata"]["name"]: definition for definition in _definitions()}
