"""YAML as people write it: what is read, and what is refused with line and column."""

from datetime import date

import pytest

from facts.strict_yaml import DEEPEST, YamlProblem, load, plain

NO_MERGE = "merge keys (<<) are refused; write the values where they count"
NO_OBJECT = "could not determine a constructor for the tag 'tag:yaml.org,2002:python/object:os.system'"


def test_a_document_is_read() -> None:
    text = "name: x\non: [1, 2.5, true, null]\nwhen: 2026-11-23\n"

    assert load(text, "f.yaml") == {"name": "x", True: [1, 2.5, True, None], "when": date(2026, 11, 23)}


def test_an_empty_document_holds_nothing() -> None:
    assert load("# only a comment\n", "f.yaml") is None


def test_one_value_may_be_named_twice() -> None:
    """An alias is only another way to write the value; it is no merge."""
    assert load("a: &x [1]\nb: *x\n", "f.yaml") == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands here twice"),
        ("a:\n  b: 1\n  'b': 2\n", "line 3, column 3: the key 'b' stands here twice"),
        ("- {x: 1, x: 1}\n", "line 1, column 10: the key 'x' stands here twice"),
        ("1: a\n1: b\n", "line 2, column 1: the key 1 stands here twice"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", f"line 3, column 3: {NO_MERGE}"),
        ("a: 2026-13-45\n", "line 1, column 4: cannot be read: month must be in 1..12"),
        ("{[1]: 2}\n", "line 1, column 2: a key should be text"),
        ("a: !!python/object:os.system x\n", f"line 1, column 4: {NO_OBJECT}"),
        ("a: &x\n  b: *x\n", "an alias (*) refers to a value that contains it"),
        ("a: &x [*x]\n", "an alias (*) refers to a value that contains it"),
        ("a: *nobody\n", "line 1, column 4: found undefined alias"),
        ("[" * 5000 + "]" * 5000, "line 1: nested more than 200 deep"),
    ],
)  # fmt: skip
def test_what_would_be_lost_or_misread_is_refused(text: str, said: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        load(text, "f.yaml")
    assert str(caught.value) == f"f.yaml: {said}"


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: b: c\n", "---\na: 1\n---\nb: 2\n", "a:\n\t- 1\n", "\x00"])
def test_broken_text_is_one_line_that_names_the_file(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        load(text, "f.yaml")
    assert str(caught.value).startswith("f.yaml: ")
    assert "\n" not in str(caught.value)


def test_aliases_of_aliases_are_refused_before_anything_walks_over_them():
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40))]
    with pytest.raises(YamlProblem, match=r"^f: aliases \(\*\) make more than 5,000,000 values of it$"):
        load("\n".join(lines), "f")
    assert load("a: &a [1, 2]\nb: [*a, *a]", "f") == {"a": [1, 2], "b": [[1, 2], [1, 2]]}


@pytest.mark.parametrize("read", [load, plain])
@pytest.mark.parametrize(
    "text",
    [
        "[" * 30_000,
        "{a: " * 30_000,
        "- " * 30_000,
        "a: " + "[" * 30_000 + "]" * 30_000,
        "[" * 201 + "]" * 201,
    ],
)
def test_what_is_deeper_than_anybody_nests_is_one_error(read, text):
    """libyaml makes values by calling itself: such a text ended the process with a segmentation fault."""
    with pytest.raises(YamlProblem, match=r"^f: line 1: nested more than 200 deep$"):
        read(text, "f")


def test_what_people_nest_is_read_and_a_long_text_is_not():
    assert load("[" * DEEPEST + "]" * DEEPEST, "f") is not None
    with pytest.raises(YamlProblem, match=r"^f: 16,777,217 characters; more than 16,777,216 are not read$"):
        load("a" * (16 * 1024 * 1024 + 1), "f")


def test_what_others_wrote_may_merge_and_repeat():
    assert plain("a: &x {b: 1}\nc: {<<: *x}\n", "f") == {"a": {"b": 1}, "c": {"b": 1}}
    assert plain("a: 1\na: 2\n", "f") == {"a": 2}
    with pytest.raises(YamlProblem, match=r"^f: an alias \(\*\) refers to a value that contains it$"):
        plain("&x [*x]", "f")
