"""``python -m tools.charts``: render the pinned charts with the values all stacks pass, into ``facts/charts``.

``--chart NAME=PATH`` names a chart's published archive or folder, for those that no Go module carries; ``--check``
writes nothing and fails where a file is not what would be written. A chart whose source is not to be had keeps its
file.
"""

import argparse
import sys
from itertools import groupby
from pathlib import Path

from facts.chart_contents import RECORDS
from tools.charts.facts_file import path_of, written
from tools.charts.records import records
from tools.charts.releases import of_all_stacks
from tools.charts.renderer import Release, RenderError, build
from tools.charts.sources import SourceError, source_of


def main(arguments: list[str] | None = None) -> int:
    """Write or check every chart's file; 1 where one is stale, 2 where one could not be made."""
    parser = argparse.ArgumentParser(prog="tools.charts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is stale")
    parser.add_argument("--chart", action="append", default=[], metavar="NAME=PATH")
    options = parser.parse_args(arguments)
    given = dict(_named(parser, text) for text in options.chart)
    try:
        build()
        sizes = records()
        passed = of_all_stacks()
    except (RenderError, SourceError) as error:
        print(f"charts: {error}", file=sys.stderr)
        return 2
    by_chart = {
        chart: list(group) for chart, group in groupby(passed, key=lambda one: (one[0].chart, one[0].version))
    }
    unknown = sorted(given.keys() - {chart for chart, _ in by_chart})
    if unknown:
        print(f"charts: no stack installs {', '.join(unknown)}", file=sys.stderr)
        return 2
    return max(
        _kept(RECORDS, sizes, "sizes of records", check=options.check),
        *(
            _one(chart, releases, given.get(chart), check=options.check)
            for (chart, _), releases in by_chart.items()
        ),
    )


def _named(parser: argparse.ArgumentParser, text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if not name or not Path(path).exists() or not path:
        parser.error(f"--chart {text}: expected NAME=PATH of an archive or a folder that exists")
    return name, Path(path).resolve()


def _one(chart: str, releases: list[tuple[Release, list[str]]], given: Path | None, *, check: bool) -> int:
    version, path = releases[0][0].version, path_of(chart)
    try:
        source = source_of(chart, version, given)
        if source is None:
            kept = "its file is kept, unchecked" if path.is_file() else "it stays unseen"
            print(f"{chart} {version}: no source on this machine; {kept}")
            return 0
        text = written(source, releases)
    except (RenderError, SourceError) as error:
        print(f"{chart} {version}: {error}", file=sys.stderr)
        return 2
    return _kept(path, text, f"{chart} {version}", check=check)


def _kept(path: Path, text: str, what: str, *, check: bool) -> int:
    """Write a file, or say that it is stale."""
    if check:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return 0
        print(f"{what}: {path.name} is stale: run make charts", file=sys.stderr)
        return 1
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"{what}: {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
