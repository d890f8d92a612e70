import jsonschema
import pytest

from facts.strict_yaml import load
from policies.schema import FILE, schema
from tests.conftest import ROOT

WAIVERS = load((ROOT / "policies" / "waivers.yaml").read_text(encoding="utf-8"), "waivers.yaml")


def as_text(record):
    return record | {"created": str(record["created"]), "expires": str(record["expires"])}


def test_the_committed_schema_is_that_of_the_model():
    assert FILE.read_text(encoding="utf-8") == schema()


def test_it_takes_every_committed_waiver_and_refuses_a_key_that_is_misspelt():
    check = jsonschema.Draft202012Validator(load(FILE.read_text(encoding="utf-8"), FILE.name))
    good = {name: as_text(record) for name, record in WAIVERS.items()}
    assert [error.message for error in check.iter_errors(good)] == []
    name, record = next(iter(good.items()))
    with pytest.raises(jsonschema.ValidationError, match="reasn"):
        check.validate({name: record | {"reasn": "x"}})
