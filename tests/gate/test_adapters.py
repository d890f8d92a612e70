"""Files nobody here wrote: what they become, and that a damaged one is a clear error and never a pass."""

import json
import os
from pathlib import Path

import pytest

from gate.adapters import read_paths
from gate.errors import GateError
from gate.structs import SECRET_SIGNATURE, SIGNATURE
from policies.record import UNKNOWN

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


def bomb(levels: int) -> str:
    lines = ["  a: &a [x, x, x, x, x, x, x, x, x]"]
    for i in range(levels):
        above, here = chr(97 + i), chr(98 + i)
        lines.append(f"  {here}: &{here} [{', '.join([f'*{above}'] * 9)}]")
    return "\n".join([HEAD, *lines])


HOSTILE = {
    "invalid UTF-8": (b"\xff\xfe\x00a", "is not UTF-8 (byte 0)"),
    "UTF-16": ("kind: Pod".encode("utf-16"), "is not UTF-8 (byte 0)"),
    "NUL": ("a: \0", "holds a NUL byte"),
    "control character": ("a: \x01", "is not YAML: unacceptable character #x0001: control characters are not"),
    "alias bomb": (bomb(8), "aliases make 490,329,060 values of the 107 that are written"),
    "alias to itself": (
        HEAD + "&a\n  b: *a\n",
        "is nested more than 200 deep, or an alias refers to what contains it",
    ),
    "flow nesting": (HEAD + "[" * 300 + "]" * 300, "is nested more than 200 deep, or an alias"),
    "more nesting": (HEAD + "[" * 2000, "is nested more than 1000 deep"),
    "block nesting": ("- " * 3000 + "a", "is indented more than 2000 columns"),
    "complex keys": ("? " * 3000 + "a", "is nested more than 200 deep"),
    "deep by aliases": (
        f"{HEAD}\n  a: &a {'[' * 150}{']' * 150}\n  b: {'[' * 100}*a{']' * 100}\n",
        "is nested more than 200 deep, or an alias refers to what contains it",
    ),
    "merge bomb": (
        "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}\nb: {<<: [" + ", ".join(["*a"] * 101) + "]}\n",
        "merge keys (<<) add more than 100000 keys",
    ),
    "merge of a list of texts": ("a: {<<: [x]}", "line 1: << takes a mapping or a list of them"),
    "a key twice": ("kind: Pod\nkind: Job\n", "line 2: the key 'kind' stands here twice"),
    "a key twice as number and text": ('a: {1: x, "1": y}\n', "line 1: the key '1' stands here twice"),
    "a list as key": ("{[a]: b}", "line 1: a key should be text"),
    "binary": (HEAD + "{a: !!binary aGVsbG8=}", "data.a: JSON has no bytes"),
    "set": (HEAD + "!!set {a, b}", "data: JSON has no set"),
    "not a number": (HEAD + "{a: .nan}", "data.a: nan is no number that JSON can hold"),
    "code": (
        "!!python/object/apply:os.system [id]",
        "line 1: is not YAML: could not determine a constructor for the tag 'tag:yaml.org,2002:python",
    ),
    "broken YAML": ("a: [\n", "line 2: is not YAML: did not find expected node content"),
    "unrendered template": (
        "kind: Pod\nname: {{ .Values.name }}",
        "line 2: an unrendered template; render it first (helm template) and judge the result",
    ),
    "empty": ("", "there is nothing to judge in these files"),
    "a text": ("hello", "expected a mapping, got str"),
    "a list": ("[1]", "expected a mapping, got list"),
    "nothing known": ("a: 1", "is neither a state export, nor a preview, nor a Kubernetes object (no apiVersion"),
    "empty kind": ("apiVersion: v1\nkind: ''", "kind: expected a name such as Deployment (got '')"),
    "a path as kind": ("apiVersion: v1\nkind: ../x", "kind: expected a name such as Deployment (got '../x')"),
    "a long kind": (f"apiVersion: v1\nkind: {'x' * 5000}", f"(got '{'x' * 79}...)"),
    "a path as version": ("apiVersion: ../..\nkind: Pod", "apiVersion: expected a version such as apps/v1 (got"),
    "a list whose items are none": ("apiVersion: v1\nkind: List\nitems: {}", "items: expected a list, got dict"),
    "a list without items": ("apiVersion: v1\nkind: List", "items: expected a list, got NoneType"),
    "a list of numbers": ("apiVersion: v1\nkind: List\nitems: [1]", "items: expected objects"),
    "a list of nothings": ("apiVersion: v1\nkind: List\nitems: [{}]", "items: an object has no apiVersion or kind"),
    "a good document before a bad one": (POD + "---\nx\n", "expected a mapping, got str"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_yaml_file_is_a_clear_error(tmp_path, content, said):
    with pytest.raises(GateError) as error:
        read(tmp_path, content)
    assert error.value.headline == "these files cannot be judged:"
    assert len(error.value.problems) == 1
    assert said in error.value.problems[0]


HOSTILE_JSON = {
    "empty": ("", "line 1: is not JSON: Expecting value"),
    "deep": ("[" * 100_000, "is nested more than 1000 deep"),
    "babble": ('{"a": 1} trailing', "line 1: is not JSON: Extra data"),
    "a key twice": ('{"a": 1, "a": 2}', "the key 'a' stands twice in one mapping"),
    "not a number": ('{"a": NaN}', "a: nan is no number that JSON can hold"),
    "half a character": ('{"a": "\\ud800"}', "a: holds half a character (a lone surrogate)"),
    "half a character in a key": (
        '{"a": {"\\ud800": 1}}',
        "a: holds half a character (a lone surrogate)",
    ),
    "many digits": (f'{{"a": {"9" * 6000}}}', "cannot be read: Exceeds the limit (4300 digits)"),
    "steps": ('{"steps": 3}', "steps: expected a list, got int"),
    "a step": ('{"steps": [1]}', "steps: expected mappings"),
    "a state in a step": ('{"steps": [{"newState": 3}]}', "a resource of the state has no urn or type"),
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
    with pytest.raises(GateError) as error:
        read(tmp_path, content, "file.json")
    assert len(error.value.problems) == 1
    assert said in error.value.problems[0]


def test_the_problems_of_all_files_are_listed(tmp_path):
    (tmp_path / "a.yaml").write_text("x")
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "good.yaml").write_text(POD)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GateError) as error:
        read_paths([tmp_path, tmp_path / "empty", tmp_path / "missing.yaml"])
    assert error.value.problems == (
        f"{tmp_path}/empty: holds no .json, .yaml, .yml file",
        f"{tmp_path}/missing.yaml: there is no such file or folder",
        f"{tmp_path}/a.yaml: expected a mapping, got str",
        f"{tmp_path}/b.json: line 1: is not JSON: Expecting property name enclosed in double quotes",
    )


def test_links_in_folders_are_not_followed_and_a_loop_is_no_file(tmp_path):
    (tmp_path / "real.yaml").write_text(POD)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    (tmp_path / "self").symlink_to(tmp_path)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to("loop.yaml")
    assert [r.source for r in read_paths([tmp_path])] == [f"{tmp_path}/real.yaml#Pod/default/x"]
    with pytest.raises(GateError, match=r"loop.yaml: there is no such file or folder$"):
        read_paths([loop])


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(GateError, match=r"pipe.yaml: is no regular file$"):
        read_paths([tmp_path / "pipe.yaml"])


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(70_000_000)
    with pytest.raises(GateError, match=r"has 70000000 bytes; more than 67108864 are not read$"):
        read_paths([tmp_path / "huge.yaml"])


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
