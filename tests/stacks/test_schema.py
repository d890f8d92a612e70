"""The schema that editors check stack files against is the model's, and says what the model says."""

import jsonschema_rs
import pytest
import yaml

from stacks.load import FOLDER, stack_names
from stacks.schema import FILE, schema
from tests.stacks.test_load import INVALID

VALIDATOR = jsonschema_rs.validator_for(FILE.read_text(encoding="utf-8"))


def file_of(name):
    return yaml.safe_load((FOLDER / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))


def test_the_schema_is_the_models():
    assert FILE.read_text(encoding="utf-8") == schema(), "stacks/schema.json is stale: make schemas"


@pytest.mark.parametrize("name", stack_names())
def test_committed_stacks_match_the_schema(name):
    assert [f"{list(e.instance_path)}: {e.message}" for e in VALIDATOR.iter_errors(file_of(name))] == []


@pytest.mark.parametrize("name", stack_names())
def test_committed_stacks_point_at_the_schema(name):
    first = (FOLDER / f"Pulumi.{name}.yaml").read_text(encoding="utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=schema.json"


@pytest.mark.parametrize(
    "problem", ["unknown-keys", "wrong-types", "unquoted-account", "foreign-key", "no-mapping"]
)
def test_an_editor_sees_what_the_model_refuses(problem):
    data = yaml.safe_load((INVALID / f"{problem}.yaml").read_text(encoding="utf-8"))
    assert not VALIDATOR.is_valid(data)
