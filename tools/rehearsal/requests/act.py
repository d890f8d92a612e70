"""The act of requests: a stack's own gateway objects, real controllers and proxies, and callers in front of them."""

from pathlib import Path
from typing import Final

from tools.rehearsal.programs import DataPlane
from tools.rehearsal.requests import answers, bring_up, limits, versions
from tools.rehearsal.requests.models import edge_of
from tools.rehearsal.requests.plane import Cluster, cluster
from tools.rehearsal.requests.prepared import FIRST, Prepared
from tools.rehearsal.requests.scene import Scene
from tools.rehearsal.stages import Steps

ACT: Final = "requests"


def play(prepared: Prepared, programs: DataPlane, folder: Path, steps: Steps) -> None:
    """Every assertion of the act, in order; inside namespaces that ``network.enter`` made.

    Raises:
        StepFailedError: one does not hold.
        ConformanceError: the control plane cannot be started.
    """
    edge = edge_of(prepared.stages[FIRST])
    with cluster(programs, folder, prepared.groups, (edge.issuer, edge.audience), steps.tell) as made:
        _bring_up(made, prepared, steps)
        scene = Scene(made, prepared, edge)
        answers.play(scene, steps, ACT)
        limits.play(scene, steps, ACT)
        versions.play(scene, steps, ACT)
        with steps.step(ACT, "what was not played") as step:
            step.unseen += [f"image {name}: taken to run" for name in sorted(made.kubelet.unplayed)]
            step.said = f"{len(step.unseen)} images"


def _bring_up(made: Cluster, prepared: Prepared, steps: Steps) -> None:
    api = made.plane.api
    with steps.step(ACT, "definitions and what waits for no controller") as step:
        step.problems += bring_up.foundation(api, prepared)
    with steps.step(ACT, "KServe's and the gateways' controllers run") as step:
        step.problems += bring_up.charts(api, prepared)
    with steps.step(ACT, "gateways, policies and models are taken") as step:
        step.problems += bring_up.rest(api, prepared)
    with steps.step(ACT, "gateways are programmed, proxies and models run") as step:
        step.problems += bring_up.waited(lambda: bring_up.not_ready(api), steady=5)
