"""The size of Helm's record of every chart that a pinned module carries, with the chart's own values.

Most of a record is the chart itself, so that this says early which chart can never be one release.
"""

import json
from typing import Any

from facts.pins import chart_sources, charts
from tools.charts.facts_file import KUBERNETES
from tools.charts.renderer import HELM, Release, RenderError, render
from tools.charts.sources import SourceError, source_of


def records() -> str:
    """The text of ``facts/chart_records.json``.

    Raises:
        SourceError: a module cannot be had.
    """
    pinned = {pin.chart: pin.version for pin in charts().values()}
    sizes: dict[str, dict[str, int]] = {}
    for chart, carried in sorted(chart_sources().items()):
        version = pinned.get(chart, carried.version)
        source = source_of(chart, version, None)
        if source is None:
            raise SourceError(f"{chart}: no source")
        release = Release(
            chart=chart,
            version=version,
            name="release",
            namespace="system",
            skips_definitions=False,
            values={},
        )
        try:
            made = render(release, source, KUBERNETES)
        except (
            RenderError
        ):  # it asks for values (a cluster's name): its size stands in its file, with the stacks' own
            continue
        sizes[chart] = {version.removeprefix("v"): made.record_bytes}
    data: dict[str, Any] = {
        "source": f"rendered by Helm {HELM} from the modules of facts/pins/chart-sources.yaml",
        "charts": sizes,
    }
    return json.dumps(data, indent=1) + "\n"
