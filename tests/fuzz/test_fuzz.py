"""``make fuzz``: random and damaged inputs. An input that fails is kept in ``corpus/`` and tried in every test run."""

import json
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.judging import judged
from tests.fuzz.mutation import mutated

CORPUS = Path(__file__).parent.parent / "corpus"
STATES = {p.name: json.loads(p.read_text("utf-8")) for p in sorted(CORPUS.glob("aws/*/*.json"))}
MANIFESTS = {
    p.name: list(yaml.safe_load_all(p.read_text("utf-8"))) for p in sorted(CORPUS.glob("kubernetes/*/*.yaml"))
}
YAML = st.text("ab:-?*&!|>%@`{}[],#'\"\\ \n\t~<0.1", max_size=80)


def as_state(documents):
    """Manifests as an engine would hold them, where a value may be unknown."""
    resources = []
    for i, document in enumerate(documents):
        version = document["apiVersion"]
        kind = f"kubernetes:{version if '/' in version else 'core/' + version}:{document['kind']}"
        resources.append({"urn": f"urn:pulumi:a::b::{kind}::n{i}", "type": kind, "inputs": document})
    return {"version": 3, "deployment": {"resources": resources}}


@given(st.binary(max_size=200), st.sampled_from([".yaml", ".json"]))
def test_bytes(content, suffix):
    judged(content, suffix)


@given(YAML)
def test_texts_of_yaml(text):
    judged(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec: {text}".encode(), ".yaml")


@given(st.sampled_from(sorted(STATES)).flatmap(lambda name: mutated(STATES[name])))
def test_damaged_states(document):
    judged(json.dumps(document).encode(), ".json")


@given(st.sampled_from(sorted(MANIFESTS)).flatmap(lambda name: mutated(MANIFESTS[name])))
def test_damaged_manifests(documents):
    judged(yaml.safe_dump_all(documents).encode(), ".yaml")


@given(st.sampled_from(sorted(MANIFESTS)).flatmap(lambda name: mutated(as_state(MANIFESTS[name]))))
def test_damaged_objects_of_a_state(document):
    judged(json.dumps(document).encode(), ".json")
