"""Every query of every dashboard asks for what is exported or recorded, and each of its labels is known."""

import pytest

from components.observability.dashboards.pages import PAGES
from components.observability.platform_alerts import platform_rules
from facts.series import by_name
from policies.analysis.observability.promql import series_of

RECORDED = {
    rule["record"]
    for group in platform_rules()["spec"]["groups"]
    for rule in group["rules"]
    if "record" in rule
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_series_are_known(page):
    asked = {name for panel in page.panels for query in panel.queries for name in series_of(query.expression)}
    assert asked - by_name().keys() - RECORDED == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_model_is_chosen_where_a_query_names_one(page):
    assert page.per_model == any(
        "$model" in query.expression for panel in page.panels for query in panel.queries
    )
    assert len({panel.title for panel in page.panels}) == len(page.panels)
