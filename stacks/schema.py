"""Generate ``stacks/schema.json``, which editors check stack files against: ``python -m stacks.schema``."""

import json
from pathlib import Path

from stacks.settings import StackSettings

FILE = Path(__file__).parent / "schema.json"


def schema() -> str:
    """The JSON schema of a whole stack file."""
    settings = StackSettings.model_json_schema()
    definitions = settings.pop("$defs", {})
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Slipway stack file",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": ["slipway:settings"],
                "properties": {"slipway:settings": settings},
                "additionalProperties": False,
            }
        },
        "$defs": definitions,
    }
    return json.dumps(whole, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
