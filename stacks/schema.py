"""Generate ``stacks/schema.json``, which editors check stack files against: ``python -m stacks.schema``."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from facts.accelerators import gpu_instances
from facts.cpu_instances import cpu_instance
from facts.regions import known_types, supported_regions
from facts.schema_words import described, read_words, said_in_table
from stacks.settings import StackSettings

FILE = Path(__file__).parent / "schema.json"


_WORDS = Path(__file__).parent / "field_words.yaml"
_DOCS = Path(__file__).parents[1] / "docs"


def schema() -> str:
    """The JSON schema of a whole stack file: every setting with its meaning, an example and the values it may have."""
    settings = described(StackSettings.model_json_schema(), StackSettings, _page_says, read_words(_WORDS))
    definitions = settings.pop("$defs", {})
    _enumerate(definitions)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Slipway stack file",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "description": "The configuration that Pulumi reads.",
                "required": ["slipway:settings"],
                "properties": {"slipway:settings": settings},
                "additionalProperties": False,
            }
        },
        "$defs": definitions,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _page_says(model: type[BaseModel], field: str) -> str:
    """What the page of a setting's component says of it."""
    package, _, module = model.__module__.rpartition(".")
    page = _DOCS / (f"components/{module}.md" if package.startswith("components") else f"{package}.md")
    return said_in_table(page.read_text(encoding="utf-8"), field) if page.is_file() else ""


def _enumerate(definitions: dict[str, Any]) -> None:
    """Regions and instance types as lists that editors offer; a CPU type of which nothing is known may stand too."""
    definitions["PlatformSettings"]["properties"]["region"]["enum"] = supported_regions()
    gpus = [name for name, its in gpu_instances().items() if its.encryption_in_transit]
    definitions["GpuPoolSettings"]["properties"]["instance_types"]["items"] = {"enum": gpus}
    cpus = [name for name in known_types() if cpu_instance(name) is not None]
    for section in ("CpuPoolSettings", "SystemNodesSettings"):
        kind = definitions[section]["properties"]["instance_types"]
        kind["items"] = {"anyOf": [{"enum": cpus}, kind["items"]]}


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
