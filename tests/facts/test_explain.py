"""What is said about a wrong file, by example."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, ValidationError, model_validator

from facts.explain import did_you_mean, explain, placeholders
from facts.strict import Slug, Strict

A_DATE = "should be a date such as 2026-11-23, without quotes"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Pool(Strict):
    max_nodes: int = Field(default=1, ge=1, le=9)
    share: float = Field(default=0.5, gt=0)
    spot: bool = False
    zones: list[str] = Field(default_factory=lambda: ["a"], min_length=1)
    since: date | None = None
    colour: Colour | None = None
    size: Literal["a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8", "large"] = "a1"

    @model_validator(mode="after")
    def _no_red_spot(self) -> "Pool":
        if self.spot and self.colour == Colour.RED:
            raise ValueError("red pools are never spot")
        return self


class Wide(Strict):
    a0: int = 0
    a1: int = 0
    a2: int = 0
    a3: int = 0
    a4: int = 0
    a5: int = 0
    a6: int = 0
    a7: int = 0
    a8: int = 0


class Settings(Strict):
    name: Slug = "x"
    account: Annotated[str, Field(pattern=r"^\d{12}$")] = "111122223333"
    code: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "A"
    gpu_pools: dict[Slug, Pool] = Field(default_factory=dict)
    pools: list[Pool] = Field(default_factory=list)
    one: Pool | None = None
    nested: dict[str, list[Pool]] = Field(default_factory=dict)
    wide: Wide | None = None

    @model_validator(mode="after")
    def _name_is_not_code(self) -> "Settings":
        if self.name == self.code.lower() == "b":
            raise ValueError("name and code: should differ")
        return self


class Owned(Strict):
    owner: str


def said(data: Any, model: type[Strict] = Settings) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return explain(caught.value, model)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ({"gpu_pools": {"l4": {"max_nodes": 0}}}, ["gpu_pools.l4.max_nodes: should be at least 1 (got 0)"]),
        ({"gpu_pools": {"l4": {"max_nodes": 10}}}, ["gpu_pools.l4.max_nodes: should be at most 9 (got 10)"]),
        ({"one": {"max_nodes": True}}, ["one.max_nodes: should be a whole number (got true)"]),
        ({"one": {"max_nodes": "3"}}, ["one.max_nodes: should be a whole number (got '3')"]),
        ({"one": {"max_nodes": None}}, ["one.max_nodes: should be a whole number (got nothing)"]),
        ({"one": {"share": 0}}, ["one.share: should be greater than 0 (got 0)"]),
        ({"one": {"share": "half"}}, ["one.share: should be a number (got 'half')"]),
        ({"one": {"spot": "yes"}}, ["one.spot: should be true or false (got 'yes')"]),
        ({"one": {"zones": "a"}}, ["one.zones: should be a list (got 'a')"]),
        ({"one": {"zones": []}}, ["one.zones: should have at least 1 item, not 0"]),
        ({"one": {"zones": [1]}}, ["one.zones.0: should be text: put it in quotes (got 1)"]),
        ({"one": {"since": "2026"}}, [f"one.since: {A_DATE} (got '2026')"]),
        ({"one": 3}, ["one: should be a mapping (got 3)"]),
        ({"gpu_pools": "l4"}, ["gpu_pools: should be a mapping (got 'l4')"]),
        ({"one": {"spot": date(2026, 1, 2)}}, ["one.spot: should be true or false (got 2026-01-02)"]),
        ([], ["file: should be a mapping"]),
    ],
)  # fmt: skip
def test_values_are_named_by_path_with_what_is_allowed_and_what_was_got(data: Any, lines: list[str]) -> None:
    assert said(data) == lines


def test_an_unknown_key_is_compared_with_those_allowed_there() -> None:
    hint = "unknown key; did you mean max_nodes?"
    wrong = {"max_node": 2}

    assert said({"gpu_pools": {"l4": wrong}}) == [f"gpu_pools.l4.max_node: {hint} (got 2)"]
    assert said({"pools": [{}, wrong]}) == [f"pools.1.max_node: {hint} (got 2)"]
    assert said({"one": wrong}) == [f"one.max_node: {hint} (got 2)"]
    assert said({"nested": {"a": [wrong]}}) == [f"nested.a.0.max_node: {hint} (got 2)"]
    assert said({"gpu_pool": {}}) == ["gpu_pool: unknown key; did you mean gpu_pools?"]


def test_an_unknown_key_that_resembles_none_lists_those_allowed_if_they_are_few() -> None:
    assert said({"colour": "red"}) == [
        (
            "colour: unknown key; allowed are account, code, gpu_pools, name, nested, one, pools, wide "
            "(got 'red')"
        )
    ]
    assert said({"wide": {"zzz": 1}}) == ["wide.zzz: unknown key (got 1)"]


def test_without_a_model_an_unknown_key_is_only_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"gpu_pool": 1})
    assert explain(caught.value) == ["gpu_pool: unknown key (got 1)"]


def test_a_wrong_key_of_a_mapping_is_said_to_be_the_key() -> None:
    assert said({"gpu_pools": {"H100": {}}}) == [
        (
            "gpu_pools.H100: the key should be lower-case letters, digits and dashes, "
            "starting with a letter, at most 31 characters (got 'H100')"
        )
    ]


def test_patterns_are_said_in_words_where_there_are_words() -> None:
    assert said({"account": "1"}) == ["account: should be 12 digits, in quotes (got '1')"]
    assert said({"code": "a"}) == ["code: should match ^[A-Z]+$ (got 'a')"]


def test_few_choices_are_listed_and_many_are_counted() -> None:
    assert said({"one": {"size": "larg"}}) == [
        "one.size: should be one of 9 values; did you mean large? (got 'larg')"
    ]
    assert said({"one": {"size": "zzz"}}) == ["one.size: should be one of 9 values (got 'zzz')"]


def test_our_own_validators_speak_for_themselves() -> None:
    assert said({"name": "b", "code": "B"}) == ["name and code: should differ"]


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"should be even (got {value})")
    return value


class Pairs(Strict):
    shoes: Annotated[int, AfterValidator(_even)] = 2


def test_what_a_validator_said_it_got_is_not_said_again() -> None:
    assert said({"shoes": 3}, Pairs) == ["shoes: should be even (got 3)"]


def test_a_required_key_is_named() -> None:
    assert said({}, Owned) == ["owner: is required"]


def test_all_problems_come_sorted_and_once() -> None:
    assert said({"one": {"max_nodes": 0, "spot": 1}, "code": 1}) == [
        "code: should be text: put it in quotes (got 1)",
        "one.max_nodes: should be at least 1 (got 0)",
        "one.spot: should be true or false (got 1)",
    ]


def test_a_long_value_is_cut() -> None:
    (line,) = said({"code": "x" * 500})

    assert line == f"code: should match ^[A-Z]+$ (got '{'x' * 79}...)"


def test_placeholders_are_found_in_values_and_keys() -> None:
    data = {"a": {"b": ["ok", "arn:CHANGEME"]}, "CHANGEME": 1, "c": "CHANGEME", "d": 4}

    assert list(placeholders(data)) == [
        "a.b.1: replace the placeholder (got 'arn:CHANGEME')",
        "CHANGEME: replace the placeholder in the key",
        "c: replace the placeholder (got 'CHANGEME')",
    ]


@pytest.mark.parametrize(
    ("got", "allowed", "hint"),
    [
        ("v1", ["v10", "v2"], "did you mean v10?"),
        ("x", ["apple", "pear"], "allowed are apple, pear"),
        ("x", [f"apple-{i}" for i in range(9)], ""),
        ("x", [], ""),
    ],
)
def test_a_hint_is_a_likely_word_or_a_short_list(got: str, allowed: list[str], hint: str) -> None:
    assert did_you_mean(got, allowed) == hint
