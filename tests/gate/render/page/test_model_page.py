"""The page of a model and the page of all stacks: what they say, and that nobody's text becomes markup."""

import re

from gate.render.page.model_page import index_page, model_page, summary
from gate.report.model_card import model_cards
from tests.gate.report.test_model_card import judged

__all__ = ["judged"]


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def test_a_model_has_a_page_that_says_everything_of_it(judged):
    card = model_cards(*judged)[0]
    said = text(model_page(card, judged[1]))
    for part in (
        "https://models.dev.example.com/v1/embeddings",
        "v1 approved 100 % of requests",
        "approved by model-risk@example.com on 2026-11-23",
        "Apache-2.0, for internal, commercial, research",
        "spearman 0.8605, at least 0.8 holds",
        "pool cpu, 0 to 2 replicas, each 2 CPUs and 2 GiB, huggingface",
        "search-indexer",
        "releases/models/minilm/v1/release.yaml",
    ):
        assert part in said


def test_a_page_asks_nobody_for_anything(judged):
    page = model_page(model_cards(*judged)[0], judged[1])
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="(?!#|data:|\.\./)[^"]*"', page) == []


def test_all_stacks_stand_on_one_page_by_name(judged):
    stack, report = judged
    one = summary(report, "dev", model_cards(stack, report))
    page = index_page([one | {"stack": "z"}, one])
    assert re.findall(r'href="([^"#]+\.html)"', page) == [
        "dev/report.html", "dev/models/minilm.html", "dev/models/support-chat.html",
        "z/report.html", "z/models/minilm.html", "z/models/support-chat.html",
    ]  # fmt: skip
    assert "2 stacks, 2 of them pass." in page


def test_nobodys_text_becomes_markup(judged):
    stack, report = judged
    one = summary(report, "dev", model_cards(stack, report))
    assert "<img" not in index_page([one | {"cost": "<img src=x>", "stack": "<img>"}])
