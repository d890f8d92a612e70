"""Prometheus reads every query of the dashboards, and has figures for each where its series are there."""

import pytest

from components.observability.dashboards.pages import PAGES
from tests.alerts.promtool import check
from tools.dashboards.draw import picture, prometheus


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_query_is_one(page, tmp_path):
    rules = [
        {"record": f"x:{i}_{j}", "expr": query.expression.replace("$model", "chat")}
        for i, panel in enumerate(page.panels)
        for j, query in enumerate(panel.queries)
    ]
    check(tmp_path, [{"name": "queries", "rules": rules}])


def test_every_panel_has_figures_and_the_same_picture_twice(tmp_path):
    with prometheus() as address:
        for page in PAGES:
            picture(page, address, tmp_path / f"{page.name}.png")
        picture(PAGES[0], address, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / f"{PAGES[0].name}.png").read_bytes()
