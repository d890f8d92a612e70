"""Files nobody here wrote, and what they become; damaged ones stand in tests/hostile."""

import json
from pathlib import Path

from gate.capture.marks import SECRET_SIGNATURE, SIGNATURE
from gate.ingest.adapters import read_paths
from policies.engine.graph import UNKNOWN

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: "
BUCKET = {
    "urn": "urn:pulumi:p::q::aws:s3/bucket:Bucket::mine",
    "type": "aws:s3/bucket:Bucket",
    "custom": True,
}


def read(folder: Path, content: str | bytes, name: str = "file.yaml"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_paths([path]))


def state(*resources):
    return json.dumps({"version": 3, "deployment": {"resources": list(resources)}})


def test_values_are_read_as_the_api_server_reads_them(tmp_path):
    text = (
        'data: {date: 2026-11-23, time: 12:30, sum: "=", 1: =, true: 1e3, octal: 0644, list: [1.5, ~, off]}'
    )
    (only,) = read(tmp_path, f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n{text}\n")
    assert only.inputs["data"] == {
        "date": "2026-11-23", "time": "12:30", "sum": "=", "1": "=", "true": 1000.0, "octal": 420,
        "list": [1.5, None, False],
    }  # fmt: skip


def test_merge_keys_and_harmless_aliases_are_followed(tmp_path):
    text = """\
apiVersion: v1
kind: List
items:
- &one
  apiVersion: v1
  kind: ConfigMap
  metadata: &meta {name: one, labels: {a: b}}
- <<: *one
  metadata: {<<: [{name: three, namespace: n}, *meta], name: two}
"""
    one, two = read(tmp_path, text)
    assert one.inputs["metadata"] == {"name": "one", "labels": {"a": "b"}}
    assert two.inputs["metadata"] == {"name": "two", "namespace": "n", "labels": {"a": "b"}}


def test_prose_with_stars_is_no_alias(tmp_path):
    prose = "".join(f"    - *word{i}* & more\n" for i in range(500))
    (only,) = read(tmp_path, f"{HEAD}\n  page: |\n{prose}")
    assert only.inputs["data"]["page"].count("*word") == 500


def test_documents_lists_and_typed_lists_become_one_record_an_object(tmp_path):
    text = f"""\
{POD}---
# nothing
---
apiVersion: v1
kind: List
items:
- {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: d, namespace: n}}}}
---
apiVersion: v1
kind: PodList
items:
- metadata: {{generateName: g-}}
"""
    found = read(tmp_path, text, "all.yml")
    assert [(r.type, r.name, r.source.rpartition("#")[2]) for r in found] == [
        ("kubernetes:core/v1:Pod", "x", "Pod/default/x"),
        ("kubernetes:apps/v1:Deployment", "d", "Deployment/n/d"),
        ("kubernetes:core/v1:Pod", "g-", "Pod/default/g-"),
    ]


def test_an_object_that_stands_twice_is_judged_twice(tmp_path):
    found = read(tmp_path, f"{POD}---\n{POD}")
    assert [r.urn.rpartition("#")[2] for r in found] == ["Pod/default/x", "Pod/default/x~2"]


def test_a_state_becomes_records(tmp_path):
    text = state(
        {"urn": "urn:pulumi:p::q::pulumi:pulumi:Stack::s", "type": "pulumi:pulumi:Stack"},
        BUCKET | {
            "id": "my-bucket", "parent": "urn:pulumi:p::q::pulumi:pulumi:Stack::s", "protect": True,
            "inputs": {
                "bucket": {SIGNATURE: SECRET_SIGNATURE, "plaintext": '"hidden"'},
                "list": [{SIGNATURE: SECRET_SIGNATURE, "ciphertext": "xyz"}],
                "later": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
            },
            "outputs": {"tagsAll": {"a": "b"}},
            "dependencies": ["urn:a"], "propertyDependencies": {"bucket": ["urn:a"], "list": None},
        },
        BUCKET | {"delete": True, "id": "the-old-one"},
    )  # fmt: skip
    _, bucket = read(tmp_path, text, "state.json")
    assert bucket.name == "mine"
    assert bucket.inputs == {"bucket": "hidden", "list": [UNKNOWN], "later": UNKNOWN, "tagsAll": {"a": "b"}}
    assert bucket.secret_properties == {"bucket", "list.0"}
    assert bucket.protect is True
    assert bucket.dependencies == {"urn:a"}
    assert bucket.property_dependencies == {"bucket": {"urn:a"}, "list": frozenset()}


def test_what_a_stack_only_reads_is_marked(tmp_path):
    found = read(tmp_path, state(BUCKET, BUCKET | {"external": True, "id": "b"}), "state.json")
    assert [r.is_read for r in found] == [False, True]


def test_a_resource_that_stands_twice_keeps_what_it_is(tmp_path):
    found = read(tmp_path, state(BUCKET, BUCKET | {"protect": True, "id": "b"}), "state.json")
    assert [(r.urn.rpartition("::")[2], r.protect, r.id) for r in found] == [
        ("mine", False, ""),
        ("mine~2", True, "b"),
    ]


def test_a_preview_is_read_for_what_it_would_make(tmp_path):
    steps = [
        {"op": "create", "newState": BUCKET | {"inputs": {"bucket": "new"}}},
        {"op": "delete", "oldState": BUCKET | {"urn": "urn:old"}},
    ]
    (only,) = read(tmp_path, json.dumps({"steps": steps}), "preview.json")
    assert (only.name, only.inputs) == ("mine", {"bucket": "new"})
