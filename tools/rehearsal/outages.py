"""Parts of the cluster are away while somebody brings the stack up: what that says, and that nothing is lost by it."""

from typing import Final

from gate.core.errors import GateError
from tools.rehearsal import reconciled
from tools.rehearsal.cluster.cluster import Cluster
from tools.rehearsal.day_two import Settings
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Step, Steps, counted

_UP: Final = ("up", "--yes", "--skip-preview")
_WEBHOOK: Final = "failed calling webhook"
_BEGUN: Final = '"type":"kubernetes:'
"""The engine is among the objects of the cluster."""
_KIND: Final = "InferenceService"


def play(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """KServe's controllers are away, then the API server ends in the middle of an ``up``.

    Raises:
        StepFailedError: it is not said, or something is lost.
    """
    if stage.cluster is None:
        raise GateError("parts of a cluster are taken away in a real one alone")
    model = _predictive(stage, stage.settings(name))
    if model is None:
        return
    with steps.step(act, f"KServe's controllers are away: an up that changes {model} says so") as step:
        _without_controllers(stage, stage.cluster, name, model, step)
    with steps.step(act, "they are back: up finishes") as step:
        _finished(stage, name, step)
    with steps.step(act, "kill -9 of the API server in the middle of an up; the next up finishes") as step:
        _without_api(stage, stage.cluster, name, model, step)


def _without_controllers(stage: Stage, cluster: Cluster, name: str, model: str, step: Step) -> None:
    cluster.workloads.kill()
    try:
        stage.write_settings(name, _one_more(stage.settings(name), model))
        run = stage.engine.run(name, *_UP)
    finally:
        cluster.workloads.start_again()
    step.runs.append(run)
    step.said = next((error for error in run.errors if _WEBHOOK in error), "")
    if run.ok or not step.said:
        step.problems += [f"nobody says {_WEBHOOK!r}", *run.errors]


def _without_api(stage: Stage, cluster: Cluster, name: str, model: str, step: Step) -> None:
    stage.write_settings(name, _one_more(stage.settings(name), model))
    killed = False

    def stop() -> bool:
        nonlocal killed
        if not killed and stage.engine.has_told(_BEGUN):
            killed = True
            cluster.plane.kill_api()
        return False

    run = stage.engine.run(name, *_UP, stop=stop)
    step.runs.append(run)
    if not killed:
        step.problems.append("the up ended before it had begun anything")
        return
    cluster.plane.start_api()
    if run.ok:
        step.problems.append("the up says that it went well")
    words = next(iter(run.errors), "")
    _finished(stage, name, step)
    step.said = f"{words[:200]}; then {step.said}"


def _finished(stage: Stage, name: str, step: Step) -> None:
    run = step.ran(stage.engine.run(name, *_UP))
    step.said = counted(run)
    if not run.changes():
        step.problems.append("nothing was left to do")
    if step.ok:
        step.problems += [*stage.differences(), *reconciled.problems(stage, name)]


def _predictive(stage: Stage, settings: Settings) -> str | None:
    """The first model that KServe's own kind serves."""
    names = {one["metadata"]["name"] for one in stage.objects if one["kind"] == _KIND}
    return next((model for model in sorted(settings.get("models") or {}) if model in names), None)


def _one_more(settings: Settings, model: str) -> Settings:
    """One more replica at most, of every version."""
    one = settings["models"][model]
    versions = {
        version: {**said, "replicas": {"min": 0, "max": 1, **(said.get("replicas") or {})}}
        for version, said in one["versions"].items()
    }
    for said in versions.values():
        said["replicas"] = {**said["replicas"], "max": said["replicas"]["max"] + 1}
    return {**settings, "models": {**settings["models"], model: {**one, "versions": versions}}}
