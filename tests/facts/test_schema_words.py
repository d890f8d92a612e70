"""What editors show: nothing is without meaning and example, no word is left over, every example holds."""

import json

import jsonschema_rs
import pytest
from pydantic import Field

from facts.schema_words import described, docstrings, models_of, read_words, said_in_table, unexplained
from facts.strict import Strict
from policies.engine.waiver import Waiver
from releases.agent import Agent
from releases.events import AnyEvent
from releases.people import People
from releases.release import Release
from stacks.settings import StackSettings
from tests.conftest import ROOT

CASES = {
    "stacks/schema.json": (StackSettings, ["stacks/field_words.yaml"]),
    "releases/schema.json": (Release, ["releases/field_words.yaml"]),
    "releases/event.schema.json": (AnyEvent, ["releases/event_words.yaml"]),
    "releases/agent.schema.json": (Agent, ["releases/agent_words.yaml"]),
    "releases/people.schema.json": (People, ["releases/people_words.yaml"]),
    "policies/waivers.schema.json": (Waiver, ["policies/waiver_words.yaml"]),
}
"""Every schema that editors check files against, what it is made of, and its words."""


def schema_of(name):
    whole = json.loads((ROOT / name).read_text(encoding="utf-8"))
    if "config" not in whole.get("properties", {}):
        return whole
    return {**whole["properties"]["config"]["properties"]["slipway:settings"], "$defs": whole["$defs"]}


def test_every_committed_schema_is_looked_at():
    assert {str(path.relative_to(ROOT)) for path in ROOT.glob("*/*schema.json")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_every_property_says_what_it_means_and_shows_a_value(name):
    assert unexplained(schema_of(name)) == []


@pytest.mark.parametrize("name", CASES)
def test_every_example_is_one_that_the_schema_takes(name):
    schema = schema_of(name)
    wrong = []
    for model, said in [("", schema), *schema["$defs"].items()]:
        for field, its in said.get("properties", {}).items():
            checked = jsonschema_rs.validator_for({**its, "$defs": schema["$defs"]})
            wrong += [
                f"{model}.{field}: {list(e.instance_path)} {e.message}"
                for shown in its.get("examples", ())
                for e in checked.iter_errors(shown)
            ]
    assert wrong == []


@pytest.mark.parametrize("name", CASES)
def test_no_word_is_of_a_field_that_is_gone(name):
    root, files = CASES[name]
    classes = {
        each for model in models_of(root).values() for each in model.__mro__ if hasattr(each, "model_fields")
    }
    fields = {f"{model.__name__}.{field}" for model in classes for field in model.model_fields}
    words = {word for file in files for word in read_words(ROOT / file)}
    assert sorted(words - fields) == []


def test_regions_and_machines_are_offered():
    definitions = schema_of("stacks/schema.json")["$defs"]
    assert "eu-central-1" in definitions["PlatformSettings"]["properties"]["region"]["enum"]
    gpus = definitions["GpuPoolSettings"]["properties"]["instance_types"]["items"]["enum"]
    assert ("g6.2xlarge" in gpus, "m7i.large" in gpus) == (True, False)
    cpus = definitions["CpuPoolSettings"]["properties"]["instance_types"]["items"]["anyOf"]
    assert ("m7i.xlarge" in cpus[0]["enum"], "pattern" in cpus[1]) == (True, True)
    assert (
        "us-east-1"
        in schema_of("releases/schema.json")["$defs"]["DataPolicy"]["properties"]["residency"]["items"][
            "enum"
        ]
    )


class Below(Strict):
    """A section."""

    x: bool = False
    """Whether ``it`` is
    so."""
    y: int = Field(description="Said here.")
    z: str


class Above(Strict):
    """A whole."""

    below: Below | None = None


def test_what_nobody_explains_is_counted():
    schema = described(
        Above.model_json_schema(), Above, lambda _, field: "From the page." if field == "z" else "", {}
    )
    assert docstrings(Below) == {"x": "Whether `it` is so."}
    properties = schema["$defs"]["Below"]["properties"]
    assert [properties[name]["description"] for name in "xyz"] == [
        "Whether `it` is so.",
        "Said here.",
        "From the page.",
    ]
    assert properties["x"]["examples"] == [True]
    assert unexplained(schema) == [
        ".below: description",
        ".below: examples",
        "Below.y: examples",
        "Below.z: examples",
    ]


def test_a_row_is_found_by_its_last_name():
    page = "| name | default | meaning |\n|---|---|---|\n| `a.b`, `c` | `1` | what [it](x.md) is |\n"
    assert [said_in_table(page, name) for name in ("b", "c", "a")] == ["what it is", "what it is", ""]
