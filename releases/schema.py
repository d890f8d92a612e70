"""The JSON Schemas of records and events, for editors, and their page; ``python -m releases.schema`` writes them."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter

from releases.events import AnyEvent
from releases.field_table import page
from releases.release import Release

_FOLDER: Final = Path(__file__).parent
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[Path, str]:
    """What each generated file holds."""
    events: TypeAdapter[Any] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])
    return {
        _FOLDER / "schema.json": _text(Release.model_json_schema()),
        _FOLDER / "event.schema.json": _text(events.json_schema()),
        _FOLDER.parent / "docs" / "release-record.md": page(),
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": _DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, content in schemas().items():
        path.write_text(content, encoding="utf-8")
