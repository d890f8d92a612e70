"""Pictures of dashboards: the real Prometheus answers their queries over made-up figures, matplotlib draws."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter

from components.observability.dashboards.panels import Page, Panel
from tools.dashboards.synthetic import HOURS, START, open_metrics

_PORT: Final = 19_093
_READY: Final = 60
_NARROW: Final = 22
"""Letters of a line's name of which three stand side by side."""
_SHOWN: Final = {"model": "support-chat", "agent": "incident-triage"}
"""What a reader chose on the page that is drawn."""
_COLOURS: Final = ("#1f5fa8", "#c2571a", "#2f7d4f", "#8b3fa0", "#b3261e", "#5b6670", "#a07d00", "#177e89")
_UNITS: Final = {
    "reqps": "a second",
    "currencyUSD": "USD",
    "ms": "ms",
    "s": "s",
    "d": "days",
    "percent": "%",
    "percentunit": "",
    "short": "",
    "bytes": "",
}


class DrawError(Exception):
    """A picture cannot be drawn, or would be empty."""


@contextmanager
def prometheus() -> Iterator[str]:
    """A Prometheus on loopback that holds the made-up figures; it ends with the block.

    Raises:
        DrawError: the programs are not installed, or it does not start.
    """
    programs = {name: shutil.which(name) for name in ("promtool", "prometheus")}
    if missing := sorted(name for name, path in programs.items() if path is None):
        raise DrawError(f"{', '.join(missing)}: not installed (Debian: apt-get install prometheus)")
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.write_text(open_metrics(), encoding="utf-8")
        data = Path(folder) / "data"
        make = [
            str(programs["promtool"]),
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            str(figures),
            str(data),
        ]
        done = subprocess.run(make, capture_output=True, text=True, check=False)  # noqa: S603 found above
        if done.returncode:
            raise DrawError(f"promtool takes no made-up figures: {done.stderr.strip()}")
        (Path(folder) / "prometheus.yml").write_text("{}\n", encoding="utf-8")
        command = [
            str(programs["prometheus"]), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={data}",
            f"--web.listen-address=127.0.0.1:{_PORT}", "--storage.tsdb.retention.time=100y",
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
            try:
                yield _ready(f"http://127.0.0.1:{_PORT}")
            finally:
                process.terminate()


def _ready(address: str) -> str:
    for _ in range(_READY * 5):
        try:
            with urlopen(f"{address}/-/ready", timeout=1):  # noqa: S310 loopback
                return address
        except URLError:
            time.sleep(0.2)
    raise DrawError(f"Prometheus did not start within {_READY} s")


def picture(page: Page, address: str, target: Path) -> None:
    """Draw a page as PNG, two panels a row.

    Raises:
        DrawError: a panel has no figures at all: its queries ask for something that is not there.
    """
    rows = -(-len(page.panels) // 2)
    figure, axes = plt.subplots(rows, 2, figsize=(15, 3.4 * rows), squeeze=False)
    figure.suptitle(
        page.title + (f": {_SHOWN[page.chosen.name]}" if page.chosen else ""), fontsize=15, x=0.02, ha="left"
    )
    for panel, spot in zip(page.panels, axes.flat, strict=False):
        _draw(panel, spot, address)
    for spot in axes.flat[len(page.panels) :]:
        spot.set_axis_off()
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(target, dpi=80, metadata={"Software": None})
    plt.close(figure)


def _draw(panel: Panel, spot: Axes, address: str) -> None:
    lines = [
        (label, points)
        for query in panel.queries
        for label, points in _asked(query.expression, query.legend, address)
    ]
    if not lines:
        raise DrawError(f"{panel.title}: no figures; {panel.queries[0].expression}")
    for (label, points), colour in zip(lines, _COLOURS * 4, strict=False):
        spot.plot(
            [(at - START) / 3600 for at, _ in points],
            [value for _, value in points],
            color=colour,
            label=label,
        )
    for line in (panel.bad_above, panel.bad_below):
        if line is not None:
            spot.axhline(line, color="#b3261e", linestyle="--", linewidth=1)
    _scale(panel, spot, [value for _, points in lines for _, value in points])
    spot.set_title(panel.title, loc="left", fontsize=11, fontweight="bold")
    spot.set_ylabel(_UNITS.get(panel.unit, panel.unit))
    spot.set_xlim(0, HOURS)
    spot.set_xticks(range(HOURS + 1), [f"{hour} h" for hour in range(HOURS + 1)])
    spot.grid(visible=True, alpha=0.25)
    spot.spines[["top", "right"]].set_visible(False)
    # Below the picture, where it covers no line.
    longest = max(len(label) for label, _ in lines)
    columns = 3 if longest < _NARROW else 2 if longest < 2 * _NARROW else 1
    spot.legend(fontsize=8, loc="upper left", bbox_to_anchor=(-0.02, -0.1), ncols=columns, frameon=False)


def _scale(panel: Panel, spot: Axes, values: list[float]) -> None:
    """From zero, with room above the highest line; what is left of something, from its worst to all of it."""
    most = max(values)
    if "left" in panel.title:
        spot.set_ylim(bottom=min(0.0, *values) * 1.1, top=1)
    else:
        spot.set_ylim(bottom=0, top=most * 1.08 if most > 0 else 1)
    if panel.unit == "percentunit":
        spot.yaxis.set_major_formatter(lambda value, _at: f"{100 * value:.0f}%")
    if panel.unit == "bytes":
        spot.yaxis.set_major_formatter(EngFormatter(unit="B"))


def _asked(expression: str, legend: str, address: str) -> list[tuple[str, list[tuple[float, float]]]]:
    for name, value in _SHOWN.items():
        expression = expression.replace(f"${name}", value)
    query = {"query": expression, "start": START, "end": START + HOURS * 3600, "step": 60}
    with urlopen(f"{address}/api/v1/query_range?{urlencode(query)}", timeout=30) as answer:  # noqa: S310 loopback
        found: list[dict[str, Any]] = json.loads(answer.read())["data"]["result"]
    return sorted(
        (
            re.sub(r"\{\{(\w+)\}\}", lambda m, one=one: str(one["metric"].get(m[1], "")), legend).strip(),
            [(float(at), float(value)) for at, value in one["values"]],
        )
        for one in found
    )
