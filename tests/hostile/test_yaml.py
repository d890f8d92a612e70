"""YAML that must be refused: each with one clear problem, before it costs anything."""

import pytest

from gate.ingest.adapters import read_paths
from tests.hostile.reading import HEAD, POD, problem


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
    "alias bomb": (bomb(8), "line 10: aliases make 141,180 values of the 32 that are written"),
    "alias to itself": (
        HEAD + "&a\n  b: *a\n",
        "line 5: the alias 'a' refers to what contains it",
    ),
    "flow nesting": (HEAD + "[" * 300 + "]" * 300, "is nested more than 200 deep"),
    "more nesting": (HEAD + "[" * 2000, "is nested more than 200 deep"),
    "block nesting": ("- " * 3000 + "a", "is nested more than 200 deep"),
    "complex keys": ("? " * 3000 + "a", "is nested more than 200 deep"),
    "deep by aliases": (
        f"{HEAD}\n  a: &a {'[' * 150}{']' * 150}\n  b: {'[' * 100}*a{']' * 100}\n",
        "is nested more than 200 deep",
    ),
    "merge bomb": (
        "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}\nb: {<<: [" + ", ".join(["*a"] * 101) + "]}\n",
        "line 2: aliases make 120,065 values of the 2,006 that are written",
    ),
    "merge of a list of texts": ("a: {<<: [x]}", "line 1: << takes a mapping or a list of them"),
    "alias to nothing": (HEAD + "*b", "line 4: is not YAML: found undefined alias 'b'"),
    "a long text repeated by aliases": (
        HEAD + f"[&a {'x' * 4_000_000}, {', '.join(['*a'] * 40)}]",
        "the files hold more than 134217728 bytes together",
    ),
    "a merge key after what it sets": (
        "a: &a {privileged: true}\nb: {privileged: false, <<: *a}",
        "line 2: << comes after the key 'privileged', which it also sets: parsers disagree on which of them holds",
    ),
    "many documents": ("---\n" * 200_001, "the files hold more than 2,000,000 values; judge them in parts"),
    "a giant text": (HEAD + "{a: " + "x" * 5_000_000 + "}", "line 4: a text of 5,000,000 characters; more than"),
    "a giant key": ("? " + "x" * 5_000_000, "line 1: a text of 5,000,000 characters; more than 4,194,304"),
    "a giant number": (HEAD + "{a: " + "9" * 1_000_000 + "}", "line 4: a number of 1,000,000 digits is none"),
    "a giant number in base 16": (HEAD + "{a: 0x" + "f" * 300_000 + "}", "line 4: a number of 300,002 digits is"),
    "a giant number as key": (HEAD + "{? " + "9" * 5000 + " : a}", "line 4: a number of 5,000 digits is none"),
    "a number beyond all floats": (HEAD + "{a: 1e999}", "line 4: 1e999 is no number that JSON can hold"),
    "a whole number beyond all floats": (HEAD + "{a: 1" + "0" * 309 + "}", "line 4: a number of 310 digits is none"),
    "a tag that does not fit": (HEAD + "{a: !!int x}", "line 4: !!int is no tag of a JSON value"),
    "a tag of one's own": (HEAD + "!mine {a: b}", "line 4: !mine is no tag of a plain map"),
    "UTF-32": ("kind: Pod".encode("utf-32"), "is not UTF-8 (byte 0)"),
    "UTF-16 without a mark": ("kind: Pod".encode("utf-16-le"), "holds a NUL byte"),
    "invalid UTF-8 far into the file": (b"a" * (1 << 20) + b"\xc3", "is not UTF-8 (byte 1048576)"),
    "half a character at a boundary": (b"a" * ((1 << 20) - 1) + b"\xc3(", "is not UTF-8 (byte 1048575)"),
    "a key twice": ("kind: Pod\nkind: Job\n", "line 2: the key 'kind' stands here twice"),
    "a key twice as number and text": ('a: {1: x, "1": y}\n', "line 1: the key '1' stands here twice"),
    "a list as key": ("{[a]: b}", "line 1: a key should be text"),
    "binary": (HEAD + "{a: !!binary aGVsbG8=}", "line 4: !!binary is no tag of a JSON value"),
    "set": (HEAD + "!!set {a, b}", "line 4: !!set is no tag of a plain map"),
    "not a number": (HEAD + "{a: .nan}", "line 4: .nan is no number that JSON can hold"),
    "code": (
        "!!python/object/apply:os.system [id]",
        "line 1: !!python/object/apply:os.system is no tag of a plain seq",
    ),
    "broken YAML": ("a: [\n", "line 2: is not YAML: did not find expected node content"),
    "unrendered template": (
        "kind: Pod\nname: {{ .Values.name }}",
        "line 2: an unrendered template; render it first (helm template) and judge the result",
    ),
    "a template in quotes": (
        POD + "# image: '{{ default \"x\" .Values.image }}'\n",
        "line 5: an unrendered template; render it first (helm template) and judge the result",
    ),
    "a template's condition": (
        "{{- if eq a b }}\n" + POD,
        "line 1: an unrendered template; render it first (helm template) and judge the result",
    ),
    "a template of Jinja": (
        POD + "{% if x %}\nx: {}\n{% endif %}\n",
        "line 5: an unrendered template; render it first (helm template) and judge the result",
    ),
    "a template as a name": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ name }}'}",
        "Pod: metadata.name: '{{ name }}' is an unrendered template; render it first and judge the result",
    ),
    "a variable of envsubst as a namespace": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: '${SPACE}'}",
        "Pod: metadata.namespace: '${SPACE}' is an unrendered template",
    ),
    "an unbuilt kustomization": (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]",
        "a kustomization; build it first (kubectl kustomize) and judge the result",
    ),
    "empty": ("", "there is nothing to judge in these files"),
    "a text": ("hello", "expected a mapping, got str"),
    "a list": ("[1]", "expected a mapping, got list"),
    "nothing known": ("a: 1", "is neither a state export, nor a preview, nor a Kubernetes object (no apiVersion"),
    "empty kind": ("apiVersion: v1\nkind: ''", "kind: expected a name such as Deployment (got '')"),
    "a path as kind": ("apiVersion: v1\nkind: ../x", "kind: expected a name such as Deployment (got '../x')"),
    "a long kind": (f"apiVersion: v1\nkind: {'x' * 5000}", f"(got '{'x' * 80}...)"),
    "a path as version": ("apiVersion: ../..\nkind: Pod", "apiVersion: expected a version such as apps/v1 (got"),
    "a list whose items are none": ("apiVersion: v1\nkind: List\nitems: {}", "items: expected a list, got dict"),
    "a list without items": ("apiVersion: v1\nkind: List", "items: expected a list, got NoneType"),
    "a list of numbers": ("apiVersion: v1\nkind: List\nitems: [1]", "items: expected objects"),
    "a list of nothings": ("apiVersion: v1\nkind: List\nitems: [{}]", "items: an object has no apiVersion or kind"),
    "a list in a list without items": (
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: 3}]",
        "items: expected a list, got int",
    ),
    "metadata of the wrong type": ("apiVersion: v1\nkind: Pod\nmetadata: 3", "Pod: metadata: expected a mapping, got"),
    "a name that is no text": ("apiVersion: v1\nkind: Pod\nmetadata: {name: 1}", "Pod: metadata.name: expected text"),
    "a namespace that is no text": (
        "apiVersion: v1\nkind: Odd\nmetadata: {name: x, namespace: [a]}",
        "Odd: metadata.namespace: expected text, got list",
    ),
    "a good document before a bad one": (POD + "---\nx\n", "expected a mapping, got str"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_yaml_file_is_a_clear_error(tmp_path, content, said):
    assert said in problem(tmp_path, content)


ALERT = """
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: x}
spec:
  groups:
    - name: a
      rules:
        - alert: Slow
          expr: "1"
          annotations: {summary: "{{ $labels.pod }} is slow: {{ $value | humanize }}{{ if eq 1 1 }}!{{ end }}"}
"""
MESSAGES = """
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
  slack.tmpl: |
    {{ define "title" }}
    {{ range .Alerts }}{{ template "one" . }}{{ end }}
    {{- end }}
"""


@pytest.mark.parametrize("content", [ALERT, MESSAGES], ids=["alerts", "messages"])
def test_texts_that_somebody_else_fills_in_are_no_unrendered_template(tmp_path, content):
    path = tmp_path / "file.yaml"
    path.write_text(content)
    assert [r.name for r in read_paths([path])] == ["x"]
