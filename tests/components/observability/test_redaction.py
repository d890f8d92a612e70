"""The patterns alone; that the collector applies them is proved by ``make test-redaction``."""

import re

import pytest

from components.observability.redaction import (
    BLOCKED_KEYS,
    BLOCKED_VALUES,
    PARSE,
    REDACTION,
    SPANS,
    processors,
)


def masked(text):
    for pattern in BLOCKED_VALUES:
        text = re.sub(pattern, "****", text)
    return text


@pytest.mark.parametrize(
    "key",
    [
        "prompt", "gen_ai.prompt", "gen_ai.prompt.0.content", "gen_ai.input.messages", "completion", "messages",
        "Password",
        "db.password", "x-api-key", "Authorization", "set-cookie", "access_token", "enduser.id", "user.email",
        "client.address", "X-Forwarded-For", "iban", "session_id",
    ],
)  # fmt: skip
def test_keys_of_content_secrets_and_persons_are_blocked(key):
    assert any(re.search(pattern, key) for pattern in BLOCKED_KEYS)


@pytest.mark.parametrize(
    "key",
    [
        "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "max_tokens", "message", "level", "k8s.pod.name",
        "http.response.status_code", "server.address", "service.name", "model", "duration_ms", "k8s.node.name",
    ],
)  # fmt: skip
def test_keys_that_on_call_needs_are_not(key):
    assert not any(re.search(pattern, key) for pattern in BLOCKED_KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "INFO 11-29 20:00:00 [loggers.py:116] Engine 000: Avg prompt throughput: 12.3 tokens/s, Running: 2 reqs",
        "support-chat-v1-kserve-prefill-7d9f8b6c5d-abcde is not ready",
        "GET /v1/models 200 in 12 ms",
        "back-off restarting failed container main in pod minilm-v1-predictor-5f6d8c9b7-x2x9k",
        "2026-11-29T20:00:00.000Z listening on 10.0.3.17:8080",
    ],
)
def test_lines_that_on_call_needs_stay_as_they_are(text):
    assert masked(text) == text


def test_the_patterns_hold_in_any_order():
    """The collector's order differs from value to value."""
    text = 'call https://ada:pass-word@example.org/x failed: {"password": "pass-word", "prompt": "pass-word"}'
    for order in (BLOCKED_VALUES, BLOCKED_VALUES[::-1]):
        left = text
        for pattern in order:
            left = re.sub(pattern, "****", left)
        assert "pass-word" not in left
        assert "ada" not in left


def test_nothing_is_allowed_past_the_block_list_and_numbers_are_looked_at():
    made = processors("models")
    assert set(made) == {PARSE, SPANS, REDACTION}
    assert "allowed_values" not in made[REDACTION]
    assert made[REDACTION]["redact_all_types"] is True
    assert made[REDACTION]["allow_all_keys"] is True


def test_no_pattern_is_read_as_a_template_or_a_variable():
    """The chart runs it through its template engine; the collector fills in what follows a dollar sign."""
    for pattern in (*BLOCKED_KEYS, *BLOCKED_VALUES):
        assert "{{" not in pattern
        assert not re.search(r"\$[{\w$]", pattern)
