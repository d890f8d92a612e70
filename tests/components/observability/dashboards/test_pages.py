"""Every query of every dashboard asks for what is exported or recorded, and each of its labels is known."""

from datetime import date
from typing import get_args

import pytest

from components.models.objectives import COST
from components.observability.accepted import BY, Accepted, accepted_rules
from components.observability.dashboards.pages import PAGES
from components.observability.dashboards.panels import PageName, address
from components.observability.platform_alerts import platform_rules
from facts.series import by_name, labels_by_name
from policies.analysis.observability.promql import grouped, selected, series_of

ACCEPTED = accepted_rules([Accepted(rule="r", owner="o", until=date(2027, 5, 20))])
RECORDED = {COST} | {
    rule["record"]
    for made in (platform_rules("eu-central-1", ["g6.2xlarge"]), ACCEPTED)
    for group in made["spec"]["groups"]
    for rule in group["rules"]
    if "record" in rule
}


def test_every_page_that_an_alert_may_name_is_there():
    assert {page.name for page in PAGES} == set(get_args(PageName))
    assert address("security") == "/d/slipway-security"
    assert address("release", model="minilm") == "/d/slipway-release?var-model=minilm"


def test_what_is_asked_of_accepted_findings_are_their_labels():
    queries = [query.expression for page in PAGES for panel in page.panels for query in panel.queries]
    asked = set().union(*(grouped(text) for text in queries if "accepted_findings" in text))
    assert asked <= set(BY)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_series_are_known(page):
    asked = {name for panel in page.panels for query in panel.queries for name in series_of(query.expression)}
    assert asked - by_name().keys() - RECORDED == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_labels_are_known(page):
    known = labels_by_name()
    queries = [query.expression for panel in page.panels for query in panel.queries]
    chosen = {(name, label) for text in queries for name, label in selected(text) if name in known}
    assert {(name, label) for name, label in chosen if label not in known[name]} == set()
    for text in queries:
        if series_of(text) <= known.keys():
            assert grouped(text) <= frozenset().union(*(known[name] for name in series_of(text))), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_model_is_chosen_where_a_query_names_one(page):
    asked = [query.expression for panel in page.panels for query in panel.queries]
    for name in ("model", "agent"):
        is_chosen = page.chosen is not None and page.chosen.name == name
        assert is_chosen == any(f"${name}" in expression for expression in asked)
    assert len({panel.title for panel in page.panels}) == len(page.panels)
