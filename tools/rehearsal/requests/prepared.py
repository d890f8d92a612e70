"""What a rehearsal of requests brings into its network: a stack's objects now and after each change, and its charts'.

All of it is made before, where modules can still be fetched.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from gate.capture.capture import Captured
from gate.capture.chosen import chosen, with_upstreams
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from policies.engine.graph import Graph
from stacks.load import read_stack
from tools.charts import renderer
from tools.charts.releases import of_graph
from tools.charts.sources import source_of
from tools.conformance.binaries import KUBERNETES
from tools.conformance.definitions import definitions
from tools.conformance.errors import ConformanceError
from tools.conformance.order import waves
from tools.rehearsal.account.records import NODE_GROUP
from tools.rehearsal.day_two import SECOND, changes_of, release_second

PLAYED: Final = ("kserve-llmisvc", "kserve", "ai-gateway", "envoy-gateway")
"""Releases that are installed, in this order; of all others nothing runs."""
FIRST: Final = "as it is"
REMOVED: Final = "the second version is taken out"
STAGES: Final = (
    FIRST,
    "a second version beside the first",
    "the second version gets 10 %",
    "promotion",
    "the way back",
    REMOVED,
)
Object = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """``stages`` hold the objects of the stack, in an order in which each finds what it names."""

    stack: str
    groups: list[dict[str, Any]]
    definitions: list[Object]
    releases: dict[str, list[Object]]
    stages: dict[str, list[Object]]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Prepared":
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def changes(self, stage: str) -> tuple[list[Object], list[Object]]:
        """What a stage makes or changes against the one before it, and what goes."""
        names = list(self.stages)
        before = {key_of(one): one for one in self.stages[names[names.index(stage) - 1]]}
        after = {key_of(one): one for one in self.stages[stage]}
        made = [one for key, one in after.items() if before.get(key) != one]
        return made, [one for key, one in reversed(before.items()) if key not in after]


def key_of(one: Mapping[str, Any]) -> tuple[str, str, str]:
    meta = one["metadata"]
    return str(one["kind"]), str(meta.get("namespace", "")), str(meta["name"])


def prepare(name: str, tell: Callable[[str], None]) -> Prepared:
    """Capture a stack as it is and after each change, and render its charts.

    Raises:
        GateError: the stack cannot be read.
        ConformanceError: a chart that carries requests cannot be had, or the stack is not one that does.
    """
    chosen([name])  # says all that is wrong with the committed files
    tell("capturing the stack and its changes")
    graphs = _graphs(name)
    first = graphs[FIRST]
    if not list(first.of_type("kubernetes:gateway.networking.k8s.io/v1:Gateway")):
        raise ConformanceError(f"{name}: has no gateway; nothing can be asked of it")
    own = {o["metadata"]["name"] for o in _objects(first) if o["kind"] == "CustomResourceDefinition"}
    return Prepared(
        stack=name,
        groups=[{"name": one.name, **one.inputs} for one in first.of_type(NODE_GROUP)],
        definitions=[d for d in definitions(tell) if d["metadata"]["name"] not in own],
        releases=_releases(first),
        stages={stage: _objects(graph) for stage, graph in graphs.items()},
    )


def _graphs(name: str) -> dict[str, Graph]:
    with tempfile.TemporaryDirectory(prefix="slipway-prepared-") as scratch:
        home = Path(scratch)
        for folder in ("stacks", "releases"):
            shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
        file = home / "stacks" / f"Pulumi.{name}.yaml"
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings = said["config"]["slipway:settings"]
        found = {FIRST: _captured(name, home)}
        models = {key: one["traffic"]["stable"] for key, one in (settings.get("models") or {}).items()}
        for model, first in models.items():
            release_second(home / "releases", model, first)
        for number, stage in enumerate(STAGES[1:-1]):
            for model, first in models.items():
                settings = changes_of(model, first)[number].edit(settings)
            found[stage] = _written(name, home, said, settings)
        for model in models:
            one = settings["models"][model]
            kept = {key: version for key, version in one["versions"].items() if key != SECOND}
            settings = {**settings, "models": {**settings["models"], model: {**one, "versions": kept}}}
        found[REMOVED] = _written(name, home, said, settings)
        return found


def _written(name: str, home: Path, said: dict[str, Any], settings: Mapping[str, Any]) -> Graph:
    said["config"]["slipway:settings"] = dict(settings)
    (home / "stacks" / f"Pulumi.{name}.yaml").write_text(
        yaml.safe_dump(said, sort_keys=False), encoding="utf-8"
    )
    return _captured(name, home)


def _captured(name: str, home: Path) -> Graph:
    exports: dict[str, Mapping[str, Any]] = {}
    captured: Captured | None = None
    for stack in with_upstreams([read_stack(name, home / "stacks")]):
        captured = capture_stack(stack, exports)
        exports[stack.name] = captured.exports
    if captured is None:
        raise ConformanceError(f"{name}: was not captured")
    return captured.graph


def _objects(graph: Graph) -> list[Object]:
    """The stack's own; what its charts make is rendered anew, whole."""
    return [
        dict(one.object)
        for wave in waves(graph)
        for one in wave
        if one.object is not None and not one.rendered
    ]


def _releases(graph: Graph) -> dict[str, list[Object]]:
    renderer.build()
    found = {}
    for release in of_graph(graph):
        if release.name not in PLAYED:
            continue
        source = source_of(release.chart, release.version, None)
        if source is None:
            raise ConformanceError(f"{release.chart} {release.version}: no module carries it")
        made = renderer.render(release, source, KUBERNETES)
        found[release.name] = [_placed(one, release.namespace) for one in made.objects]
    return found


def _placed(one: Object, namespace: str) -> Object:
    """As Helm sends it: what says no namespace is in the release's, where its kind has one."""
    return {**one, "metadata": {"namespace": namespace, **one["metadata"]}}


def order(objects: Sequence[Object]) -> list[Object]:
    """A chart's objects as Helm sends them: what others need comes first."""
    ranks = {
        kind: rank
        for rank, kind in enumerate(
            ("Namespace", "CustomResourceDefinition", "ServiceAccount", "Secret", "ConfigMap", "ClusterRole")
        )
    }
    last = {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}
    return sorted(objects, key=lambda o: (o["kind"] in last, ranks.get(o["kind"], len(ranks))))
