"""What callers may expect, read from the objects of dev."""

from tests.captured import captured
from tools.rehearsal.requests.models import edge_of


def edge():
    return edge_of(
        [one.object for one in captured("dev").graph if one.object is not None and not one.rendered]
    )


def test_the_edge_says_where_it_is_and_whose_tokens_it_takes():
    found = edge()
    assert (found.host, found.issuer, found.audience) == (
        "models.dev.example.com",
        "https://login.example.com",
        "models",
    )


def test_models_have_their_callers_limits_and_words():
    chat, minilm = sorted(edge().models, key=lambda one: one.is_language, reverse=True)
    assert (chat.name, chat.callers, chat.requests, chat.tokens) == (
        "support-chat",
        # Who may ask most comes first: an agent has the limits that its record gives it.
        ("web-shop", "incident-triage-plan", "incident-triage-reason"),
        60,
        50_000,
    )
    assert (minilm.name, minilm.callers, minilm.requests, minilm.tokens) == (
        *("minilm", ("search-indexer",)),
        *(600, 500_000),
    )
    assert (chat.path, minilm.path) == ("/v1/chat/completions", "/v1/embeddings")
    # The limit of this model, which the edge counts; not the one over all models, which the inner gateway does.
    assert '"This caller\'s limit for the model is used up."' in minilm.words[429]
    assert "has woken it" in minilm.words[503]
    assert sorted(chat.words) == sorted(minilm.words) == [401, 403, 404, 429, 500, 502, 503, 504]
    assert minilm.body(3) == {"model": "minilm", "input": "word word word"}
