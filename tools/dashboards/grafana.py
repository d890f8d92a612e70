"""A page as Grafana reads it, by Grafana's own library (grafana-foundation-sdk)."""

import json
from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import GraphTresholdsStyleMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode

from components.observability.dashboards.panels import Page, Panel

_SOURCE: Final = DataSourceRef(type_val="prometheus", uid="prometheus")
"""The name that kube-prometheus-stack gives its own data source."""
_WIDTH, _HEIGHT = 12, 8


def as_json(page: Page) -> str:
    """The dashboard, with keys sorted: the same page gives the same bytes."""
    built = (
        dashboard.Dashboard(page.title)
        .uid(f"slipway-{page.name}")
        .tags(["slipway"])
        .refresh("1m")
        .time("now-6h", "now")
        .readonly()
    )
    if page.chosen is not None:
        built = built.with_variable(
            dashboard.QueryVariable(page.chosen.name)
            .label(page.chosen.name.capitalize())
            .datasource(_SOURCE)
            .query(f"label_values({page.chosen.of}, {page.chosen.name})")
        )
    for panel in page.panels:
        built = built.with_panel(_panel(panel))
    encoded = JSONEncoder(sort_keys=True, indent=2).encode(built.build())
    return json.dumps(json.loads(encoded), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _panel(panel: Panel) -> timeseries.Panel:
    built = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.says)
        .unit(panel.unit)
        .min(0 if "left" not in panel.title else -1)
        .span(_WIDTH)
        .height(_HEIGHT)
        .datasource(_SOURCE)
    )
    line = panel.bad_above if panel.bad_above is not None else panel.bad_below
    if line is not None:
        below, above = ("green", "red") if panel.bad_above is not None else ("red", "green")
        steps = [Threshold(value=None, color=below), Threshold(value=line, color=above)]
        built = built.thresholds(
            dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
        ).thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.LINE))
    for query in panel.queries:
        built = built.with_target(prometheus.Dataquery().expr(query.expression).legend_format(query.legend))
    return built
