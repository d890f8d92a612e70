"""The first act: the committed stack as it is, from nothing; then again, looked at, meddled with, and made smaller."""

from collections.abc import Mapping
from typing import Any, Final

from stacks.load import Stack
from tools.rehearsal.engine import Operation
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Step, Steps, counted, unexpected

ACT: Final = "as committed"
_UP: Final = ("up", "--yes", "--skip-preview")
_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def play(stage: Stage, stack: Stack, steps: Steps, act: str = ACT) -> None:
    """Every assertion of the act, in order.

    Raises:
        StepFailedError: one does not hold.
    """
    name = stack.name
    make(stage, name, steps, act)
    again(stage, name, steps, act)
    drift(stage, name, steps, act)
    end_a_model(stage, stack, steps, act)
    if not stack.settings.platform.kept.disposable and _protected(stage, name):
        with steps.step(act, "destroy is refused, and nothing goes") as step:
            _refused(stage, name, step)


def make(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """From nothing: as many are made as were previewed, and account, cluster and state agree."""
    with steps.step(act, "preview") as step:
        planned = step.ran(stage.engine.run(name, "preview"))
        step.said, step.problems = counted(planned), step.problems + unexpected(planned, ["create"])
    with steps.step(act, "up makes everything that was previewed") as step:
        run = step.ran(stage.engine.run(name, *_UP))
        step.said, step.problems = counted(run), step.problems + unexpected(run, ["create"])
        if step.ok and run.counts.get("create") != planned.counts.get("create"):
            step.problems.append(f"previewed: {counted(planned)}; made: {counted(run)}")
        if step.ok:
            step.problems += stage.differences()


def again(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """A second ``up`` and a refresh have nothing to do."""
    with steps.step(act, "a second up changes nothing") as step:
        run = step.ran(stage.engine.run(name, *_UP))
        step.said, step.problems = counted(run), step.problems + unexpected(run)
    with steps.step(act, "refresh finds nothing changed") as step:
        run = step.ran(stage.engine.run(name, "refresh", "--preview-only", "--expect-no-changes"))
        step.said = counted(run)


def drift(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """A change by hand in the account, and one in the cluster where it has a network policy."""
    state = stage.engine.export(name)["deployment"]["resources"]
    block, policy = _first(state, _BLOCK), _first(state, _POLICY)
    touched = [one for one in (block, policy) if one is not None]
    if not touched:
        return
    with steps.step(act, "drift is found") as step:
        if block is not None:
            stage.account.change_by_hand(_BLOCK, block["id"], blockPublicPolicy=False)
        if policy is not None:
            stage.objects.change_by_hand(policy["outputs"], {"ingress": [{}]})
        run = stage.engine.run(name, "refresh", "--preview-only", "--expect-no-changes", "--diff")
        step.runs.append(run)
        step.said = f"{len(touched)} changed by hand; {counted(run)}"
        if run.code == 0:
            step.problems.append("refresh --expect-no-changes says that nothing has changed")
        lost = [one["urn"] for one in touched if one["urn"].rpartition("::")[2] not in run.said]
        step.problems += [f"{urn}: was changed by hand, and refresh does not name it" for urn in lost]
    with steps.step(act, "up --refresh puts it right and touches nothing else") as step:
        run = step.ran(stage.engine.run(name, "up", "--yes", "--skip-preview", "--refresh"))
        wanted = {one["urn"] for one in touched}
        changed = {one.urn for one in run.changes()}
        step.said = counted(run)
        step.problems += [f"{urn}: was changed" for urn in sorted(changed - wanted)]
        step.problems += [f"{urn}: was not put right" for urn in sorted(wanted - changed)]
        if block is not None and _setting(stage, block, "blockPublicPolicy") is not True:
            step.problems.append(f"{block['urn']}: is as the hand left it")
        if policy is not None and (stage.objects.get(policy["outputs"]) or {})["spec"].get("ingress") == [{}]:
            step.problems.append(f"{policy['urn']}: is as the hand left it")


def _setting(stage: Stage, one: Mapping[str, Any], name: str) -> Any:
    found = stage.records.get(one["type"], one["id"])
    return None if found is None else found.settings.get(name)


def end_a_model(stage: Stage, stack: Stack, steps: Steps, act: str) -> None:
    """Taking a model out of the stack file ends what is its own, and nothing else."""
    settings = stage.settings(stack.name)
    if not settings.get("models"):
        return
    model = min(settings["models"])
    before = stage.engine.export(stack.name)["deployment"]["resources"]
    wanted = {one["urn"] for one in before if f"::model-{model}" in one["urn"] and one.get("custom")}
    with steps.step(
        act, f"taking {model} out of the stack file ends what is its own, and nothing else"
    ) as step:
        left = {key: value for key, value in settings["models"].items() if key != model}
        stage.write_settings(stack.name, {**settings, "models": left})
        run = step.ran(stage.engine.run(stack.name, *_UP))
        step.said = counted(run)
        gone = {one.urn for one in run.changes() if one.op == "delete"}
        step.problems += [f"{urn}: should be gone" for urn in sorted(wanted - gone)]
        step.problems += [
            f"{one.op} {one.urn}" for one in run.changes() if one.op != "delete" or not _of(one, model)
        ]
        step.problems += stage.differences()


def _of(operation: Operation, model: str) -> bool:
    return f"model-{model}" in operation.urn


def _protected(stage: Stage, name: str) -> bool:
    return any(one.get("protect") for one in stage.engine.export(name)["deployment"]["resources"])


def _refused(stage: Stage, name: str, step: Step) -> None:
    before = len(list(stage.records))
    # With its preview, as docs/teardown.md has it: without one the engine deletes what is not protected first.
    run = stage.engine.run(name, "destroy", "--yes")
    step.runs.append(run)
    if run.code == 0 or not any("protect" in error for error in run.errors):
        step.problems.append(f"destroy was not refused because of protection: {list(run.errors)[:3]}")
    left = len(list(stage.records))
    if left != before:
        step.problems.append(f"{before - left} resources of the account are gone")
    step.said = f"{left} resources of the account stay"


def _first(state: list[Mapping[str, Any]], type_: str) -> Mapping[str, Any] | None:
    return next((one for one in state if one["type"] == type_), None)
