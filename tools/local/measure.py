"""How long from an alert to the end of a version's traffic, and to figures that show it (docs/local.md).

Each run is a machine of its own, started anew. v2 gets half of the traffic and a fault; times are those of the alert
(Prometheus' ``activeAt``), of the route file that Envoy took, and of the event that says `verified`.
"""

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import yaml

from runtime.loops.shares.envoy_file import EnvoyFileShares
from tools.local import envoy, faults
from tools.local.errors import LocalError
from tools.local.layout import CANDIDATE, HOST, MODEL, STABLE, Layout
from tools.local.up import down, up
from tools.local.web import get

_PATIENCE_SECONDS = 300
_SETTLED_SECONDS = 10


def measured(layout: Layout, base: int, today: date) -> tuple[float, float]:
    """Seconds from the alert to the end of traffic, and to the event that it was verified.

    Raises:
        LocalError: it does not start, or one of these does not come.
    """
    state = up(layout, base, today, lambda _: None)
    try:
        routes = layout.gateway / envoy.ROUTES
        shares = EnvoyFileShares(routes, f"http://{HOST}:{state.ports.gateway_admin}")
        time.sleep(_SETTLED_SECONDS)
        shares.write(MODEL, {STABLE: 50, CANDIDATE: 50}, {STABLE: 100})
        faults.write(layout.faults / f"{CANDIDATE}.json", faults.Faults(errors=0.4))
        alert, end = math.inf, time.monotonic() + _PATIENCE_SECONDS
        while (event := _taken(layout)) is None:
            alert = min([alert, *_active(state.ports.prometheus)])
            if time.monotonic() > end:
                raise LocalError(
                    f"no event of a version whose traffic was taken away in {_PATIENCE_SECONDS} s"
                )
            time.sleep(0.1)
        return routes.stat().st_mtime - alert, event.stat().st_mtime - alert
    finally:
        down(layout, lambda _: None)


def _active(port: int) -> list[float]:
    """When each alert of the model that fires now became active."""
    answer = get(port, "/api/v1/alerts")
    found = answer["data"]["alerts"] if answer else ()
    return [
        datetime.fromisoformat(one["activeAt"]).timestamp()
        for one in found
        if one["labels"].get("model") == MODEL and one["state"] == "firing"
    ]


def _taken(layout: Layout) -> Path | None:
    """The event of a run that took traffic away and saw that it did."""
    for path in (layout.models / MODEL / CANDIDATE / "events").glob("*-rollout*.yaml"):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        if said.get("action") == "take-away" and said.get("verified"):
            return path
    return None


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(0.95 * len(values)) - 1)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--base", type=int, default=38080)
    asked = parser.parse_args()
    taken, verified = [], []
    try:
        for number in range(1, asked.runs + 1):
            with tempfile.TemporaryDirectory() as folder:
                today = datetime.now().astimezone().date()
                first, second = measured(Layout(Path(folder)), asked.base, today)
            taken.append(first)
            verified.append(second)
            print(f"run {number}: taken away after {first:.1f} s, verified after {second:.1f} s", flush=True)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 2
    for what, values in (("taken away", taken), ("verified", verified)):
        print(
            f"{what}: p95 {p95(values):.1f} s, median {sorted(values)[len(values) // 2]:.1f} s of {len(values)}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
