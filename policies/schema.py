"""The JSON Schema of ``policies/waivers.yaml``, for editors; ``python -m policies.schema`` writes it."""

import json
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from facts.schema_words import described, read_words
from policies.engine.waiver import Waiver

FILE: Final = Path(__file__).parent / "waivers.schema.json"


def schema() -> str:
    """What the generated file holds."""
    waivers: TypeAdapter[dict[str, Waiver]] = TypeAdapter(dict[str, Waiver])
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Accepted findings"}
    words = read_words(FILE.parent / "waiver_words.yaml")
    said = described(waivers.json_schema(), Waiver, lambda _model, _field: "", words)
    return json.dumps(whole | said, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
