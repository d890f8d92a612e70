"""JSON that must be refused: each with one clear problem."""

import json

import pytest

from gate.capture.marks import SECRET_SIGNATURE, SIGNATURE
from gate.ingest.adapters import read_paths
from tests.hostile.reading import problem

BUCKET = {
    "urn": "urn:pulumi:p::q::aws:s3/bucket:Bucket::mine",
    "type": "aws:s3/bucket:Bucket",
    "custom": True,
}


def state(*resources):
    return json.dumps({"version": 3, "deployment": {"resources": list(resources)}})


HOSTILE_JSON = {
    "empty": ("", "line 1: is not JSON: Expecting value"),
    "deep": ("[" * 100_000, "is nested more than 200 deep"),
    "babble": ('{"a": 1} trailing', "line 1: is not JSON: Extra data"),
    "a key twice": ('{"a": 1, "a": 2}', "the key 'a' stands twice in one mapping"),
    "not a number": ('{"a": NaN}', "a: nan is no number that JSON can hold"),
    "half a character": ('{"a": "\\ud800"}', "a: holds half a character (a lone surrogate)"),
    "half a character in a key": (
        '{"a": {"\\ud800": 1}}',
        "a: holds half a character (a lone surrogate)",
    ),
    "many digits": (f'{{"a": {"9" * 6000}}}', "a number of 6,000 digits is none that JSON can hold"),
    "too much": ("[" + "{}," * 2_000_000 + "{}]", "the files hold more than 2,000,000 values; judge them in parts"),
    "a giant text": ('{"a": "' + "x" * 5_000_000 + '"}', "line 1: a text of 5,000,002 characters; more than 4,194,304"),
    "a giant key": ('\n{"' + "x" * 5_000_000 + '": 1}', "line 2: a text of 5,000,002 characters; more than 4,194,304"),
    "a text without end": ('{"a": "' + "[" * 5000, "line 1: is not JSON: Unterminated string starting at"),
    "a number beyond all floats": ('{"a": [1e999]}', "a.0: inf is no number that JSON can hold"),
    "a key twice among many": (
        "{" + ",".join(f'"{i}": 1' for i in range(300_000)) + ', "299999": 2}',
        "the key '299999' stands twice in one mapping",
    ),
    "cut off": ('{"config": {}, "steps": [{"op": "create", "newState": {"urn": "ur', "line 1: is not JSON: Untermi"),
    "invalid UTF-8": (b'{"a": "\xff"}', "is not UTF-8 (byte 7)"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "is not UTF-8 (byte 0)"),
    "NUL": (b'{"a": "\x00"}', "holds a NUL byte"),
    "an escaped NUL is text, control characters are not": ('{"a": "\x01"}', "line 1: is not JSON: Invalid control"),
    "a preview that failed": (
        '{"steps": [], "diagnostics": [{"severity": "error", "message": "x"}]}',
        "this preview failed, so its steps are not complete",
    ),
    "a step that makes nothing": ('{"steps": [{"op": "create", "urn": "u"}]}', "steps: 'create' of u has no newState"),
    "diagnostics": ('{"steps": [], "diagnostics": {}}', "diagnostics: expected a list, got dict"),
    "no deployment": ('{"version": 3, "deployment": null}', "deployment: expected a mapping, got NoneType"),
    "a deployment without resources": ('{"deployment": {"manifest": {}}}', "resources: expected a list, got NoneType"),
    "a resource": (state(3), "resources: expected mappings"),
    "a type": (state(BUCKET | {"type": []}), "a resource of the state has no urn or type"),
    "outputs": (state(BUCKET | {"outputs": "x"}), "Bucket::mine: inputs and outputs should be mappings"),
    "a secret that is too much": (
        state(BUCKET | {"inputs": {"a": {SIGNATURE: SECRET_SIGNATURE, "plaintext": "[" + "1," * 2_000_000 + "1]"}}}),
        "the files hold more than 2,000,000 values; judge them in parts",
    ),
    "a secret that is too deep": (
        state(BUCKET | {"inputs": {"a": {SIGNATURE: SECRET_SIGNATURE, "plaintext": "[" * 300}}}),
        "is nested more than 200 deep",
    ),
    "a version that is written otherwise": (
        '{"version": 2, "deployment": {"resources": []}}',
        "version: expected a state of version 3 or 4, got '2'",
    ),
    "a version that is no number": (
        '{"version": true, "deployment": {"resources": []}}',
        "version: expected a state of version 3 or 4, got 'True'",
    ),
    "an operation": (
        '{"version": 3, "deployment": {"resources": [], "pending_operations": [{"type": "creating"}]}}',
        "pending_operations: resource: expected a mapping",
    ),
    "ignored changes": (state(BUCKET | {"ignoreChanges": "x"}), "mine: ignoreChanges: expected a list of texts"),
    "a template": (
        '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"nodeName": "{{ .Values.node }}"}}',
        "line 1: an unrendered template; render it first (helm template) and judge the result",
    ),
    "several values": ('{"a": 1}\n{"b": 2}\n', "line 2: is not JSON: Extra data"),
    "steps": ('{"steps": 3}', "steps: expected a list, got int"),
    "a step": ('{"steps": [1]}', "steps: expected mappings"),
    "a state in a step": ('{"steps": [{"newState": 3}]}', "steps: newState: expected a mapping"),
    "no steps": ('{"steps": []}', "there is nothing to judge in these files"),
    "resources": ('{"deployment": {"resources": {}}}', "resources: expected a list, got dict"),
    "no urn": (state({"type": "t"}), "a resource of the state has no urn or type"),
    "inputs": (state(BUCKET | {"inputs": [1]}), "Bucket::mine: inputs and outputs should be mappings"),
    "dependencies": (state(BUCKET | {"dependencies": 3}), "mine: dependencies: expected a list of URNs"),
    "a dependency": (state(BUCKET | {"dependencies": [{}]}), "mine: dependencies: expected a list of URNs"),
    "property dependencies": (
        state(BUCKET | {"propertyDependencies": [1]}),
        "mine: propertyDependencies: expected a mapping",
    ),
    "a property dependency": (
        state(BUCKET | {"propertyDependencies": {"a": "b"}}),
        "mine: propertyDependencies.a: expected a list of URNs",
    ),
    "a secret": (
        state(BUCKET | {"inputs": {"a": {SIGNATURE: SECRET_SIGNATURE, "plaintext": "{"}}}),
        "line 1: is not JSON: Expecting property name enclosed in double quotes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_a_hostile_json_file_is_a_clear_error(tmp_path, content, said):
    assert said in problem(tmp_path, content, "file.json")


def read(folder, text):
    path = folder / "file.json"
    path.write_text(text)
    return read_paths([path])


def test_what_an_update_was_making_when_it_was_cut_off_counts(tmp_path):
    half_done = [
        {"type": "creating", "resource": BUCKET},
        {"type": "deleting", "resource": BUCKET | {"urn": "urn:pulumi:p::q::aws:s3/bucket:Bucket::going"}},
    ]
    text = json.dumps({"version": 3, "deployment": {"resources": [], "pending_operations": half_done}})
    assert [r.urn for r in read(tmp_path, text)] == [BUCKET["urn"]]


def test_values_of_a_chart_in_a_state_may_be_templates(tmp_path):
    release = BUCKET | {"inputs": {"values": {"secret": "{{ .Release.Name }}-x"}}}
    assert len(read(tmp_path, state(release)).resources) == 1


def test_parents_in_a_circle_end(tmp_path):
    one, other = (f"urn:pulumi:p::q::a:b:C::{name}" for name in ("one", "other"))
    circle = [
        {"urn": one, "type": "a:b:C", "parent": other, "dependencies": [other]},
        {"urn": other, "type": "a:b:C", "parent": one, "dependencies": [one]},
        {"urn": f"{one}-self", "type": "a:b:C", "parent": f"{one}-self"},
    ]
    graph = read(tmp_path, state(*circle))
    assert [graph.component_of(r) for r in graph] == ["one", "other", "one-self"]
    assert graph.waits_for(one) == {
        one,
        other,
    }
