"""A model's card holds what its record, the stack's file and the report say, and says what nobody knows."""

from dataclasses import replace
from datetime import date

import pytest

from gate.checkov.opinion import not_asked
from gate.evaluate.billing import cost_of
from gate.evaluate.judgement import assess
from gate.report.cost import token_price
from gate.report.model_card import model_cards, said_of
from gate.report.model_request import request
from gate.report.traffic import traffic
from releases.throughput import Throughput
from stacks.load import read_stack
from tests.captured import captured


@pytest.fixture(scope="module")
def judged():
    stack = read_stack("dev")
    report, _ = assess(
        captured("dev").graph,
        subject="stack dev",
        stack="dev",
        today=date(2026, 11, 29),
        waivers={},
        opinion=not_asked("no"),
        rules=(),
        shares=traffic(stack),
        billed=lambda graph: cost_of(graph, stack),
    )
    return stack, report


def test_it_says_how_to_call_the_model_and_who_may(judged):
    minilm = model_cards(*judged)[0]
    assert minilm.url == "https://models.dev.example.com/v1/embeddings"
    assert minilm.request.splitlines() == [
        'curl "https://models.dev.example.com/v1/embeddings" \\',
        """  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\""",
        """  -d '{"model": "minilm", "input": ["a red coat", "winter boots"]}'""",
    ]
    assert [(w.source, w.detail) for w in minilm.callers] == [
        ("search-indexer", "600 requests a minute and 500000 tokens a minute")
    ]
    assert minilm.issuer == "https://login.example.com"


def test_it_says_what_was_decided_promised_and_what_happens_when_it_fails(judged):
    minilm = model_cards(*judged)[0]
    assert minilm.promised.state == "approved"
    assert dict(said_of(minilm.promised)) == {
        "Licence review": "accepted by licences@example.com on 2026-11-23",
        "Approval": "approved by model-risk@example.com on 2026-11-23",
    }
    assert minilm.promises == [
        "99.5% of requests succeed, over 28 days",
        "95% of requests are answered within 2500 ms, over 28 days",
    ]
    assert minilm.fails == ["callers get 503 as JSON with Retry-After: 30"]


def test_a_price_that_nobody_knows_is_unknown_and_never_zero(judged):
    stack, report = judged
    chat = model_cards(stack, report)[1]
    assert chat.promised.month == "$910 a month"
    assert chat.per_million == (
        "unknown: the record states no throughput; if callers used all they may, $0.16 of machines"
    )
    without = model_cards(stack, replace(report, cost=None))[1]
    assert without.promised.month == "unknown: nothing of it has a price"
    assert without.per_million == "unknown: the record states no throughput"


def test_a_stated_throughput_says_what_a_million_tokens_cost(judged):
    stack, report = judged
    stated = Throughput(
        tokens_per_second=1850, machine="g6.2xlarge", source="bench", measured=date(2026, 11, 29)
    )
    price = token_price("support-chat/v1", stated, "eu-central-1")
    chat = model_cards(stack, replace(report, cost=replace(report.cost, per_million=(price,))))[1]
    assert chat.per_million == (
        "$0.18 (1,850 tokens a second of a g6.2xlarge, measured 2026-11-29), on a machine that is never idle"
    )


@pytest.mark.parametrize(
    ("task", "path"),
    [
        ("chat", "/v1/chat/completions"),
        ("text-generation", "/v1/completions"),
        ("text-embedding", "/v1/embeddings"),
        ("reranking", "/models/m/v1/rerank"),
        ("text-classification", "/v2/models/m/infer"),
        ("tabular", "/v2/models/m/infer"),
    ],
)
def test_every_task_has_a_request_of_its_interface(task, path):
    url, said = request("models.example.com", "m", task)
    assert url == f"https://models.example.com{path}"
    assert said.startswith(f'curl "{url}"')


def test_a_licence_nobody_reviewed_is_said(judged):
    stack, report = judged
    card = model_cards(stack, report)[0].promised
    bare = replace(card, served=replace(card.served, loaded=replace(card.served.loaded, appended=())))
    assert dict(said_of(bare)) == {"Licence review": "nobody reviewed it", "Approval": "nobody approved it"}
