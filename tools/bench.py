"""What a preview costs: whole commands with their peak memory, and the parts per resource, with their ratios.

    make bench            prints the table; nothing fails because a machine was slow
    make bench ARGS=--json    the same figures as JSON
    make bench ARGS=--releases    only what a preview of 30, 100 and 300 models costs
    make bench ARGS=--commands    only what small commands cost, which is mostly imports

Whole commands run three times after one that is not counted; the median stands in the table. Parts run in
this process, after the imports that every preview shares, and are given in the processor's time.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from releases.load import find, load_releases
from releases.objectives import Objectives
from stacks.load import read_stack
from tools.changes import changes
from tools.many_documents import answer, roles
from tools.many_manifests import folder
from tools.many_releases import organisation
from tools.measure import Figure, command, median_command, processor, timed
from tools.peer import against_peer

DAY = date(2026, 11, 28)
"""Waivers are judged as of this day: what is measured must not change because time passed."""
PLATFORM = "dev"
ENOUGH = 400
"""Resources of the enlarged platform: the size the targets speak of."""
PER_POOL = 3
DOCUMENTS = 1500
MODELS = (30, 100, 300)
LARGEST = 650
"""Models of the largest stack that is judged: some 12,000 resources."""
MANIFESTS = 10_000


@contextmanager
def enlarged(resources: int) -> Iterator[Path]:
    """An organisation whose platform has GPU pools enough to reach ``ENOUGH`` resources."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "releases").symlink_to(ROOT / "releases")
        (root / "stacks").mkdir()
        path = root / "stacks" / f"Pulumi.{PLATFORM}.yaml"
        shutil.copy(ROOT / "stacks" / path.name, path)
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        pools = data["config"]["slipway:settings"]["gpu_pools"]
        like = next(iter(pools.values()))
        for number in range(-(-(ENOUGH - resources) // PER_POOL)):
            pools[f"more-{number}"] = like
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        yield root


def resources_in(report: Path) -> int:
    return len(json.loads(report.read_text(encoding="utf-8"))["resources"])


def whole_commands() -> Iterator[Figure]:
    """Comes before anything is captured here: a child's peak begins with what its parent held at the fork."""
    slipway = str(Path(sys.executable).parent / "slipway")
    today = f"--today={DAY.isoformat()}"
    seconds, peak = median_command(slipway, "preview", PLATFORM, "--no-checkov", today)
    resources = resources_in(ROOT / "build" / "preview" / PLATFORM / "report.json")
    yield Figure(f"preview {PLATFORM} ({resources} resources), without checkov", seconds, "s")
    yield Figure("  its peak memory", peak, "MB")
    yield from against_peer(PLATFORM, resources, today)
    with enlarged(resources) as root:
        written = f"--output={root / 'build'}"
        ask = (slipway, "preview", f"--from={root}", "--no-checkov", today, written)
        seconds, peak = median_command(*ask)
        size = resources_in(root / "build" / PLATFORM / "report.json")
    yield Figure(f"preview {PLATFORM} enlarged ({size} resources), without checkov", seconds, "s", 3.5)
    yield Figure("  its peak memory", peak, "MB", 230)
    seconds, peak = median_command(slipway, "preview", today)
    yield Figure("preview every stack, with checkov", seconds, "s", 20)


def many_models() -> Iterator[Figure]:
    """What a preview costs as models are added; one run each, since the largest takes a while."""
    slipway = str(Path(sys.executable).parent / "slipway")
    seconds: dict[int, float] = {}
    resources: dict[int, int] = {}
    for count in MODELS:
        with organisation(PLATFORM, count) as root:
            resources[count] = len(capture_stack(read_stack(PLATFORM, root / "stacks"), {}).graph.resources)
            written = f"--output={root / 'build'}"
            ask = (
                slipway,
                "preview",
                f"--from={root}",
                "--no-checkov",
                f"--today={DAY.isoformat()}",
                written,
            )
            seconds[count], peak = command(*ask)
        target = 25 if count == MODELS[-1] else None
        what = f"preview {PLATFORM} with {count} models ({resources[count]} resources), without checkov"
        yield Figure(what, seconds[count], "s", target)
        yield Figure("  its peak memory", peak, "MB")
    for few, more in pairwise(MODELS):
        slope = (seconds[more] - seconds[few]) / (more - few)
        yield Figure(f"  a model more, from {few} to {more}", slope * 1000, "ms")
    added = (resources[MODELS[-1]] - resources[MODELS[0]]) / (MODELS[-1] - MODELS[0])
    yield Figure("  resources of a model, components included", added, "", 10)


def parts(graph: Graph) -> Iterator[Figure]:
    resources = len(graph.resources)
    captured, _ = timed(lambda: capture_stack(read_stack(PLATFORM), {}))
    stock = json.loads(
        subprocess.run(  # noqa: S603 our own module
            [sys.executable, "-m", "tools.stock_monitor", PLATFORM],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )["seconds"]
    objects = sum(r.object is not None for r in graph)
    shaped, _ = timed(lambda: check_shapes(graph))
    judged, said = timed(lambda: judge(Graph(graph.resources), ALL))
    yield Figure("capture, per resource", captured / resources * 1000, "ms", 4)
    yield Figure("  the SDK's own mock monitor, per resource", stock / resources * 1000, "ms")
    yield Figure("  capture against the SDK's own", captured / stock, "times")
    yield Figure("shape check, per object", shaped / objects * 1000, "ms")
    yield Figure("judging, per applicable rule and resource", judged / said.decided * 1e6, "µs", 50)
    yield Figure("shape check and judging against capture", (shaped + judged) / captured, "times", 1 / 3)


def reasoning() -> Iterator[Figure]:
    """What is computed once a document, and once a release."""
    graph = roles(DOCUMENTS)
    seconds, _ = timed(lambda: answer(graph))
    yield Figure(f"permissions of {DOCUMENTS} IAM documents", seconds, "s", 3)
    seconds, _ = timed(lambda: judge(Graph(graph.resources), ALL))
    yield Figure(f"judging the {DOCUMENTS} roles by every rule", seconds, "s")
    release = find(load_releases(), "support-chat", "v1").release
    sized, _ = timed(lambda: [release.gpu_memory for _ in range(1000)])
    yield Figure("sizing, per release", sized, "ms", 1)
    promised, _ = timed(lambda: [_alerts(f"m{i}", release.slo) for i in range(1000)])
    yield Figure("rules and alerts of 1000 releases with three objectives", promised, "s", 10)


def _alerts(model: str, slo: Objectives | None) -> object:
    if slo is None:
        raise ValueError("support-chat/v1 promises nothing")
    promise = Promise(model=model, release=f"{model}-v1", owner="bench", slo=slo)
    return groups(promise, {o.name: measured(model, o) for o in slo.objectives})


def small_commands() -> Iterator[Figure]:
    """The processor's time of commands that people wait for; the best of five, since all of it is start-up."""
    slipway = str(Path(sys.executable).parent / "slipway")
    with tempfile.TemporaryDirectory(prefix="slipway-") as root:
        manifest = Path(root, "map.yaml")
        manifest.write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}", "utf-8")
        for name, words in (
            ("judge of one small file", ["judge", str(manifest)]),
            ("config check", ["config", "check"]),
            ("release list", ["release", "list"]),
            ("--help", ["--help"]),
        ):
            seconds = min(processor(slipway, *words) for _ in range(5))
            yield Figure(f"{name}, in the processor's time", seconds, "s", 1)


def many_files() -> Iterator[Figure]:
    """What others wrote, as a whole command; some of it is bad, so it ends with 1."""
    slipway = str(Path(sys.executable).parent / "slipway")
    with folder(MANIFESTS) as root:
        seconds, peak = command(slipway, "judge", str(root), "--format=json", f"--today={DAY}", code=1)
    yield Figure(f"judge {MANIFESTS} manifests", seconds, "s", 30)
    yield Figure("  its peak memory", peak, "MB")


def largest() -> Iterator[Figure]:
    """One stack of a size nobody should have, judged once it is captured."""
    with organisation(PLATFORM, LARGEST) as root:
        graph = capture_stack(read_stack(PLATFORM, root / "stacks"), {}).graph
    judged, said = timed(lambda: judge(Graph(graph.resources), ALL), times=1)
    shaped, _ = timed(lambda: check_shapes(graph), times=1)
    yield Figure(f"{len(graph.resources)} resources judged, once captured", judged + shaped, "s", 10)
    yield Figure("  per applicable rule and resource", judged / said.decided * 1e6, "µs", 50)


def show(figures: list[Figure]) -> None:
    table = Table(box=None, pad_edge=False)
    for column, justify in (("what", "left"), ("measured", "right"), ("target", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]  # rich wants a literal
    for f in figures:
        target = ""
        if f.target is not None:
            target = f"at most {f.target:.3g} {f.unit} ({f.value / f.target:.0%} of it)"
        table.add_row(f.what, f"{f.value:.3g} {f.unit}", target)
    Console(width=110).print(table)


def main(arguments: list[str]) -> None:
    if "--commands" in arguments:
        figures = list(small_commands())
    elif "--releases" in arguments:
        figures = list(many_models())
    else:
        commands = [*whole_commands(), *changes(DAY)]
        graph = capture_stack(read_stack(PLATFORM), {}).graph
        figures = [
            *commands,
            *small_commands(),
            *many_files(),
            *parts(graph),
            *reasoning(),
            *many_models(),
            *largest(),
        ]
    if "--json" in arguments:
        print(json.dumps([asdict(f) for f in figures], indent=1))
    else:
        show(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
