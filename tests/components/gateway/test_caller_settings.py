"""What a stack file may say of a model's callers."""

import pytest
from pydantic import TypeAdapter, ValidationError

from components.gateway.caller_settings import Callers, CallerSettings, caller_problems

SHOP = CallerSettings(subject="web-shop")


def test_a_caller_is_limited_without_being_asked():
    assert (SHOP.requests_per_minute, SHOP.tokens_per_minute) == (60, None)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"subject": ""},
        {"subject": "web shop"},
        {"subject": "web-shop\n"},
        {"subject": "x" * 201},
        {"subject": "web-shop", "requests_per_minute": 0},
        {"subject": "web-shop", "tokens_per_minute": 0},
        {"subject": "web-shop", "burst": 3},
    ],
)
def test_what_could_not_be_meant_is_refused(given):
    with pytest.raises(ValidationError):
        CallerSettings(**given)


def test_the_list_of_callers_stays_short_enough_for_the_gateway():
    callers = TypeAdapter(Callers)
    many = {f"caller-{n}": {"subject": f"s{n}"} for n in range(33)}
    with pytest.raises(ValidationError, match="at most 32 items"):
        callers.validate_python(many)
    assert len(callers.validate_python(dict(list(many.items())[:32]))) == 32


def test_one_subject_is_one_caller_and_tokens_are_counted_where_there_are_any():
    callers = {
        "shop": SHOP,
        "kiosk": CallerSettings(subject="web-shop", tokens_per_minute=5),
    }
    assert list(caller_problems(callers, counts_tokens=True)) == [
        (
            "shop.subject: is the subject of kiosk already, and both limits would count its requests; "
            "name it once (got 'web-shop')"
        )
    ]
    assert list(caller_problems({"kiosk": callers["kiosk"]}, counts_tokens=False)) == [
        "kiosk.tokens_per_minute: this model's answers count no tokens; requests_per_minute is its limit (got 5)"
    ]
    assert list(caller_problems({}, counts_tokens=True)) == []


def test_a_limit_below_what_one_request_may_hold_is_named():
    callers = {
        "enough": CallerSettings(subject="a", tokens_per_minute=8192),
        "kiosk": CallerSettings(subject="b", tokens_per_minute=4000),
        "usual": CallerSettings(subject="c"),
    }
    assert list(caller_problems(callers, counts_tokens=True, longest=8192)) == [
        (
            "kiosk.tokens_per_minute: one request may hold 8192 tokens (needs.max_context of the release); "
            "at least 8192 (got 4000)"
        )
    ]
    assert list(caller_problems(callers, counts_tokens=True, longest=65536))[-1].endswith(
        "at least 65536 (got 50000)"
    )
