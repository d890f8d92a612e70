"""What charts install, rendered beforehand: one file a chart in ``facts/charts/``, made by ``make charts``.

Nothing here is written by hand. Objects are cut to what rules read: no content of Secrets and ConfigMaps, no schema of
a definition, no certificate of a webhook.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "charts"

Open = Literal["any", "text"]
"""Which other texts may stand at a place without changing what is rendered but for that text: any, or those that YAML
reads as text (no numbers, no words such as ``true``)."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What one set of values makes of a chart.

    ``open`` are the places of values whose text the chart only hands on (``settings.clusterName``), found by rendering
    with other texts there; in ``objects`` the text is ``{{ values.settings.clusterName }}``. ``closed`` is the digest
    of all the other values: whoever passes the same ones gets these objects. ``record_bytes`` is the size of Helm's own
    record.
    """

    release: str
    namespace: str
    skips_definitions: bool
    stacks: Sequence[str]
    open: Mapping[str, Open]
    closed: str
    record_bytes: int
    objects: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A chart as it was rendered: of which version, made from what, and each set of values."""

    chart: str
    version: str
    made_from: str
    digest: str
    kubernetes: str
    renderings: Sequence[Rendering]


class ChartFactsError(ValueError):
    """A file of ``facts/charts/`` cannot be read; ``make charts`` writes it again."""


def read(path: Path) -> Contents:
    """The contents in one file.

    Raises:
        ChartFactsError: it is not as ``make charts`` writes it.
    """
    try:
        return contents(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        kind = type(error).__name__
        raise ChartFactsError(
            f"facts/charts/{path.name}: {kind}: {error}; write it again with make charts"
        ) from None


def contents(data: Mapping[str, Any]) -> Contents:
    """What the data of a file says."""
    objects: Mapping[str, Mapping[str, Any]] = data["objects"]
    return Contents(
        **{key: str(data[key]) for key in ("chart", "version", "made_from", "digest", "kubernetes")},
        renderings=[
            Rendering(
                release=str(one["release"]),
                namespace=str(one["namespace"]),
                skips_definitions=bool(one["skips_definitions"]),
                stacks=list(one["stacks"]),
                open=dict(one["open"]),
                closed=str(one["closed"]),
                record_bytes=int(one["record_bytes"]),
                objects=[objects[name] for name in one["objects"]],
            )
            for one in data["renderings"]
        ],
    )


@cache
def of_chart(chart: str) -> Contents | None:
    """The contents of a chart by its own name, or nothing where it was never rendered.

    Raises:
        ChartFactsError: its file cannot be read.
    """
    path = FOLDER / f"{chart}.json"
    # A name is the last part of an address, and may be a stranger's: it must not lead out of the folder.
    if not chart or "/" in chart or "\\" in chart or chart.startswith(".") or not path.is_file():
        return None
    return read(path)


RECORDS = Path(__file__).parent / "chart_records.json"


@cache
def _records() -> Mapping[str, Mapping[str, int]]:
    try:
        read: dict[str, dict[str, int]] = json.loads(RECORDS.read_text(encoding="utf-8"))["charts"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ChartFactsError(
            f"facts/{RECORDS.name}: {type(error).__name__}: {error}; write it again with make charts"
        ) from None
    return read


def record_of(chart: str, version: str) -> int:
    """The bytes that Helm's record of a chart takes with the chart's own values; 0 where nobody measured it."""
    return _records().get(chart, {}).get(version.removeprefix("v"), 0)
