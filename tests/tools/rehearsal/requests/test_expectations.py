"""What the steps of a rehearsal of requests call a problem."""

from collections import Counter

from tools.rehearsal.requests.answers import expect
from tools.rehearsal.requests.caller import Answer
from tools.rehearsal.requests.models import Model
from tools.rehearsal.requests.prepared import Prepared, order
from tools.rehearsal.requests.versions import Traffic
from tools.rehearsal.stages import Step

MODEL = Model(
    name="chat", is_language=True, callers=("shop",), requests=60, tokens=0, words={429: "busy", 503: "away"}
)


def said(status, answer_status, body="", headers=None):
    step = Step("requests", "step")
    expect(
        step,
        Answer(status=answer_status, headers=headers or {}, body=body, seconds=0.1),
        status,
        MODEL,
        "a caller",
    )
    return step.problems


def test_the_status_that_was_expected_is_no_problem():
    assert said(200, 200, '{"ok": 1}') == []
    assert said(429, 429, "busy", {"retry-after": "60"}) == []


def test_another_status_is_one_and_says_what_came():
    assert said(403, 200, "fine") == ["chat: a caller: 200 'fine'; 403 is right"]
    assert said(200, 503, '{"error": {"message": "away"}}') == ["chat: a caller: 503 'away'; 200 is right"]


def test_other_words_and_a_missing_retry_after_are_problems():
    assert said(503, 503, "upstream connect error") == [
        "chat: a caller: says 'upstream connect error'; away is right"
    ]
    assert said(429, 429, "busy") == ["chat: a caller: has no Retry-After"]


def test_a_request_that_is_neither_answered_nor_over_a_limit_is_lost():
    assert Traffic(MODEL, Counter({200: 60, 429: 3}), set()).problems() == []
    lost = ["""chat: 2 of 62 requests lost: ["500 ''"]"""]
    assert Traffic(MODEL, Counter({200: 60, 500: 2}), {"500 ''"}).problems() == lost


def test_what_upstream_is_known_to_lose_is_told_where_it_is_more_or_other():
    assert Traffic(MODEL, Counter({200: 60, 500: 2}), {"500 ''"}).problems(3) == []
    assert len(Traffic(MODEL, Counter({200: 60, 500: 4}), {"500 ''"}).problems(3)) == 1
    assert len(Traffic(MODEL, Counter({200: 60, 503: 1}), {"503 'away'"}).problems(3)) == 1


def test_a_change_is_what_is_new_or_other_and_what_goes_in_reverse():
    def one(kind, name, **more):
        return {"kind": kind, "metadata": {"namespace": "models", "name": name}, **more}

    first = [one("ServiceAccount", "a"), one("Route", "r", weight=1), one("Policy", "p")]
    second = [one("Route", "r", weight=2), one("Policy", "p"), one("Service", "s")]
    prepared = Prepared(
        stack="dev", groups=[], definitions=[], releases={}, stages={"first": first, "second": second}
    )
    made, gone = prepared.changes("second")
    assert [(o["kind"], o["metadata"]["name"]) for o in made] == [("Route", "r"), ("Service", "s")]
    assert [o["kind"] for o in gone] == ["ServiceAccount"]


def test_a_charts_webhooks_come_last_and_accounts_before_what_runs_as_them():
    kinds = ["ValidatingWebhookConfiguration", "Deployment", "ServiceAccount", "CustomResourceDefinition"]
    assert [o["kind"] for o in order([{"kind": kind} for kind in kinds])] == [
        *("CustomResourceDefinition", "ServiceAccount", "Deployment", "ValidatingWebhookConfiguration")
    ]
