"""What must hold for what is watched: monitors find something, and spans are sent to somebody who listens."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.observability.monitored import POD_MONITOR, SERVICE_MONITOR, scrapes_nothing
from policies.analysis.observability.otlp import unheard
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, number, sequence

_EVER_NEW: Final = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "controller-uid",
        "job-name",
    }
)
"""Labels that controllers of Kubernetes give each pod or each revision."""


def _scrapes_nothing(monitor: Resource, graph: Graph) -> Iterable[Offence]:
    if monitor.rendered:  # a chart's own Services are not all in view
        return
    yield from scrapes_nothing(monitor, graph)


def _unheard(owner: Resource, graph: Graph) -> Iterable[Offence]:
    if owner.rendered:
        return
    yield from unheard(owner, graph)


def _unbounded(monitor: Resource, _graph: Graph) -> Iterable[Offence]:
    """A monitor of ours without a limit, or one that makes a label of what is different on every pod."""
    if monitor.rendered:
        return
    for limit in ("sampleLimit", "labelLimit"):
        path = f"spec.{limit}"
        if not number(at(monitor.inputs, path), path):
            yield Offence(
                path=path, problem="is not set: a label that grows with what callers send fills the disk"
            )
    for field in ("podTargetLabels", "targetLabels"):
        for index, label in enumerate(sequence(at(monitor.inputs, f"spec.{field}"), f"spec.{field}")):
            if label in _EVER_NEW:
                yield Offence(
                    path=f"spec.{field}[{index}]",
                    problem="is another one at every change: each makes all series anew",
                    value=label,
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="monitors-find-their-target",
        severity="medium",
        applies_to=(SERVICE_MONITOR, POD_MONITOR),
        why="A monitor that selects nothing is no error to Prometheus: alerts stay silent, and scaling stands still.",
        fix="Select labels that the Service or pod has, and name one of its ports by the port's name.",
        check=_scrapes_nothing,
        reads_graph=True,
    ),
    Rule(
        id="spans-have-a-listener",
        severity="low",
        applies_to=tuple(WORKLOADS),
        why="An exporter drops what it cannot deliver: traces and figures are missing, and the pod runs on.",
        fix="Name a Service and one of its ports: 4317 for gRPC, 4318 for HTTP, as the collector listens.",
        check=_unheard,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="monitors-limit-their-series",
        severity="medium",
        applies_to=(SERVICE_MONITOR, POD_MONITOR),
        why="A label with a value for each request or pod makes series without end, until Prometheus has no memory.",
        fix="Set sampleLimit and labelLimit, and take labels of what is there long: model, version, owner.",
        check=_unbounded,
    ),
)
