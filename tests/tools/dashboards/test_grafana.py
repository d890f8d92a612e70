"""The committed dashboards are what Grafana's library makes of the pages."""

import json

import pytest

from components.observability.dashboards.pages import FOLDER, PAGES, config_maps
from tools.dashboards.grafana import as_json


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_file_is_what_the_page_says(page):
    assert (FOLDER / f"{page.name}.json").read_text(encoding="utf-8") == as_json(page), (
        "run `make dashboards`"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_query_reaches_grafana(page):
    made = json.loads(as_json(page))
    assert [panel["title"] for panel in made["panels"]] == [panel.title for panel in page.panels]
    assert [[t["expr"] for t in panel["targets"]] for panel in made["panels"]] == [
        [query.expression for query in panel.queries] for panel in page.panels
    ]
    assert made["uid"] == f"slipway-{page.name}"
    listed = [(one["name"], one["query"]) for one in made["templating"].get("list") or []]
    assert listed == (
        [(page.chosen.name, f"label_values({page.chosen.of}, {page.chosen.name})")] if page.chosen else []
    )


def test_the_sidecar_finds_each():
    assert {name: one["metadata"]["labels"] for name, one in config_maps().items()} == {
        page.name: {"grafana_dashboard": "1"} for page in PAGES
    }
