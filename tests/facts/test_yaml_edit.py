"""One value changes; comments, order and layout of the rest stay."""

import pytest

from facts.strict_yaml import load
from facts.yaml_edit import YamlEditError, block_of, changed, noted, removed

STACK = """\
# who
config:
  slipway:settings:
    platform:
      account: "111122223333"   # ours
    # models come last
    models:
      minilm:
        versions:
          v1: {pool: cpu, replicas: {min: 0, max: 2}}   # small
        traffic: {stable: v1}
        # callers
        callers: {}
# the end
"""
MODEL = ("config", "slipway:settings", "models", "minilm")


def test_a_value_changes_in_its_own_quotes():
    assert changed(
        STACK, ("config", "slipway:settings", "platform", "account"), "444455556666"
    ) == STACK.replace('"111122223333"', '"444455556666"')


def test_a_key_is_added_to_a_mapping_on_one_line():
    text = changed(changed(STACK, (*MODEL, "traffic", "candidate"), "v2"), (*MODEL, "traffic", "percent"), 10)
    assert text == STACK.replace("{stable: v1}", "{stable: v1, candidate: v2, percent: 10}")


def test_a_key_is_added_below_the_last_of_a_block():
    text = changed(STACK, (*MODEL, "versions", "v2"), {"pool": "cpu", "replicas": {"min": 0, "max": 2}})
    v1 = "          v1: {pool: cpu, replicas: {min: 0, max: 2}}   # small\n"
    assert text == STACK.replace(v1, v1 + "          v2: {pool: cpu, replicas: {min: 0, max: 2}}\n")


def test_an_empty_mapping_gets_its_first_key():
    assert changed(STACK, (*MODEL, "callers", "web"), {"subject": "web"}) == STACK.replace(
        "callers: {}", "callers: {web: {subject: web}}"
    )


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a: {x: 1, y: 2, z: 3}\n", ("a", "x"), "a: {y: 2, z: 3}\n"),
        ("a: {x: 1, y: 2, z: 3}\n", ("a", "z"), "a: {x: 1, y: 2}\n"),
        ("a: {x: 1}\nb: 2\n", ("a", "x"), "a: {}\nb: 2\n"),
        ("a:\n  x: 1\nb: 2\n", ("a", "x"), "a: {}\nb: 2\n"),
        (
            "a:\n  # about x\n  x:\n    - 1\n    - 2\n  # about y\n  y: 2\n",
            ("a", "x"),
            "a:\n  # about y\n  y: 2\n",
        ),
        ("a: 1\n\n# about b\nb: >-\n  long\n  text\n\nc: 3\n", ("b",), "a: 1\n\n\nc: 3\n"),
    ],
)
def test_a_key_goes_with_its_comment(before, path, after):
    assert removed(before, path) == after


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a:\n  - x: 1  # one\n    y: 2\n", ("a", 0, "x"), 3, "a:\n  - x: 3  # one\n    y: 2\n"),
        ("a: [1, 2]\n", ("a", 1), "x, y", "a: [1, 'x, y']\n"),
        ("a: >-\n  long\n  text\nb: 1\n", ("a",), "short: it is", "a: 'short: it is'\nb: 1\n"),
        ("a:\nb: 1\n", ("a",), "x", "a: x\nb: 1\n"),
        ("a:\n  - 1\n  - 2\n# end\n", ("a",), [3], "a: [3]\n# end\n"),
        ("ä: ü\nb: ö  # ß\n", ("b",), "é", "ä: ü\nb: é  # ß\n"),
        ("a: 1", ("b",), "x", "a: 1\nb: x"),
        ("a: b\n", ("a",), "s3://{x}/y:z/", "a: s3://{x}/y:z/\n"),
        ("a: b\nc: d\n", ("a",), [{"n": "x" * 80}, {"n": "y"}], f"a:\n  - n: {'x' * 80}\n  - n: y\nc: d\n"),
        ("a: {x: 1}\n", ("a", "y"), ["x" * 99], f"a: {{x: 1, y: [{'x' * 99}]}}\n"),
        ("a:\n  x: 1\n", ("a", "y"), ["x" * 99], f"a:\n  x: 1\n  y:\n    - {'x' * 99}\n"),
    ],
)
def test_whatever_the_layout_only_the_value_changes(before, path, value, after):
    assert changed(before, path, value) == after


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("a: {x: 1}\n", ("b", "x"), "b.x: there is no b"),
        ("a: [1]\n", ("a", "x"), "a.x: a is no mapping"),
        ("a: 1\n", ("a", "x"), "a.x: a is no mapping"),
        ("a: {x: 1, x: 2}\n", ("a", "x"), "a.x: file: line 1, column 11: the key 'x' stands here twice"),
        ("a: &it {x: 1}\nb: *it\n", ("b", "x"),
         "b.x: the file is written in a way that only a person can change; edit it"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_said_in_one_line(text, path, said):
    with pytest.raises(YamlEditError) as refused:
        changed(text, path, 3)
    assert str(refused.value) == said


def test_a_note_stands_behind_a_value_and_goes_with_its_mark():
    path = (*MODEL, "versions", "v1")
    text = noted(STACK, path, "why: ", "it was\nurgent")
    assert text == STACK.replace("# small", "# small  # why: it was urgent")
    assert noted(text, path, "why: ", "again") == STACK.replace("# small", "# small  # why: again")
    assert noted(text, path, "why: ", "") == STACK
    assert noted("a: 1", ("a",), "why: ", "x") == "a: 1  # why: x"


def test_what_is_not_there_is_not_removed():
    with pytest.raises(YamlEditError, match=r"^a\.y: is not there$"):
        removed("a: {x: 1}\n", ("a", "y"))


def test_a_value_as_it_is_written():
    assert block_of(STACK, (*MODEL, "versions", "v1")) == "{pool: cpu, replicas: {min: 0, max: 2}}"
    with pytest.raises(YamlEditError, match="there is no a"):
        block_of("b: 1\n", ("a",))


def test_the_result_is_what_was_asked_for():
    text = changed(STACK, (*MODEL, "traffic"), {"stable": "v2"})
    assert load(text, "x")["config"]["slipway:settings"]["models"]["minilm"]["traffic"] == {"stable": "v2"}
