"""The JSON Schemas of records and events, for editors, and their page; ``python -m releases.schema`` writes them."""

import json
from pathlib import Path
from typing import Any, Final

from releases.field_table import agent_page, agent_schema, event_schema, page, people_schema, record_schema

_FOLDER: Final = Path(__file__).parent
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[Path, str]:
    """What each generated file holds."""
    return {
        _FOLDER / "schema.json": _text(record_schema()),
        _FOLDER / "agent.schema.json": _text(agent_schema()),
        _FOLDER / "people.schema.json": _text(people_schema()),
        _FOLDER / "event.schema.json": _text(event_schema()),
        _FOLDER.parent / "docs" / "release-record.md": page(),
        _FOLDER.parent / "docs" / "agent-record.md": agent_page(),
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": _DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, content in schemas().items():
        path.write_text(content, encoding="utf-8")
