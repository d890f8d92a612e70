"""The committed schemas are those of the models, and they judge as the models do on what a schema can say."""

import json
from typing import Any

import jsonschema
import pytest

from releases.load import FOLDER
from releases.schema import schemas
from tests.releases.records import HERE, record

SCHEMA = json.loads((FOLDER.parent / "schema.json").read_text())
EVENT_SCHEMA = json.loads((FOLDER.parent / "event.schema.json").read_text())


def test_the_committed_schemas_are_not_stale() -> None:
    stale = [path.name for path, text in schemas().items() if path.read_text() != text]

    assert stale == [], "run: python -m releases.schema"


def as_json(data: Any) -> Any:
    return json.loads(json.dumps(data, default=str))


@pytest.mark.parametrize("base", sorted(path.stem for path in (HERE / "valid").iterdir()))
def test_valid_records_are_valid_under_the_schema(base: str) -> None:
    jsonschema.validate(as_json(record(base)), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [{"needs.max_contxt": 1}, {"needs.cpu": 0}, {"provenance": "real"}, {"artifact.digest": "sha256:a"}],
)
def test_the_schema_refuses_what_an_editor_can_see(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(record(change=change)), SCHEMA)


def test_an_event_of_unknown_kind_is_refused_by_the_schema() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "applause"}, EVENT_SCHEMA)
