"""The days after: a new version, its share, promotion, the way back, a new pool. Each does that and no more."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from releases.load import record_digest
from releases.people import SIGNED
from tools.rehearsal.engine import Run
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Steps, counted
from tools.rehearsal.texts import Text, exchange
from tools.signed_events import enlist, sign

_UP: Final = ("up", "--yes", "--skip-preview")
_POOL: Final = "spare"
SECOND: Final = "v2"
_ROUTES: Final = frozenset({
    "kubernetes:aigateway.envoyproxy.io/v1beta1:AIGatewayRoute",
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
})  # fmt: skip
"""What a change of shares may touch. Of a predictive model the service says which predictor is the stable one."""
_READERS: Final = ("agent-", "agents-desk-")
"""What agents and their desk read of the releases, and the pods that read it: it changes with every release."""
_POOLED: Final = frozenset({
    "kubernetes:karpenter.sh/v1:NodePool",
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
})  # fmt: skip

Settings = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a stack file, and what the engine may do about it."""

    words: str
    edit: Callable[[Settings], Settings]
    operations: frozenset[str]
    """What it may do; ``same`` besides."""
    about: str
    """Part of the name of every resource that it may touch."""
    types: frozenset[str] | None = None
    """Types that it may touch; any where none are named."""
    texts: tuple[Text, ...] = ()
    """What changes in the project besides the stack file."""

    def problems(self, run: Run) -> list[str]:
        """What was done besides what may be, and that nothing was done."""
        changes = [one for one in run.changes() if one.type != "pulumi:pulumi:Stack" and ":" in one.type]
        found = [
            f"{one.op} {one.type} {one.name}: is not what this change is about"
            for one in changes
            if not (one.op == "update" and one.name.startswith(_READERS))
            if one.op not in self.operations
            or self.about not in one.urn
            or (self.types is not None and one.type.startswith(("aws:", "kubernetes:")) and one.type not in self.types)
        ]  # fmt: skip
        return found if changes else [*found, "nothing was done"]


def changes_of(model: str, first: str) -> list[Change]:
    """A rollout of a model, from its first version to a second and back."""
    update, about = frozenset({"update"}), f"model-{model}"

    def traffic(**shares: Any) -> Callable[[Settings], Settings]:
        return lambda one: _with_model(one, model, traffic=shares)

    return [
        Change(
            words=f"{model}: a second version beside the first",
            edit=lambda one: _second(one, model, first),
            operations=frozenset({"create", "update"}),
            about=about,
        ),
        Change(
            words=f"{model}: the second version gets 10 %",
            edit=traffic(stable=first, candidate=SECOND, percent=10),
            operations=update,
            about=about,
            types=_ROUTES,
        ),
        Change(
            words=f"{model}: promotion",
            edit=traffic(stable=SECOND),
            operations=update,
            about=about,
            types=_ROUTES,
        ),
        Change(
            words=f"{model}: the way back",
            edit=traffic(stable=first),
            operations=update,
            about=about,
            types=_ROUTES,
        ),
    ]


NEW_POOL: Final = Change(
    words="a new pool of machines",
    edit=lambda one: {**one, "cpu_pools": {**one.get("cpu_pools", {}), _POOL: {"max_vcpus": 8}}},
    operations=frozenset({"create"}),
    about=f"cpu-{_POOL}",
    types=_POOLED,
)


def _with_model(settings: Settings, model: str, **changed: Any) -> Settings:
    models = {**settings["models"], model: {**settings["models"][model], **changed}}
    return {**settings, "models": models}


def _second(settings: Settings, model: str, first: str) -> Settings:
    versions: Mapping[str, Any] = settings["models"][model]["versions"]
    return _with_model(settings, model, versions={**versions, SECOND: versions[first]})


def release_second(releases: Path, model: str, first: str) -> None:
    """A record of a second version: the first one's, under its own name and place, with its events.

    What was signed of them is signed again: a signature is about an event's bytes, and they name another record.
    """
    folder = releases / "models" / model
    shutil.copytree(folder / first, folder / SECOND)
    record = folder / SECOND / "release.yaml"
    old = record_digest(yaml.safe_load(record.read_text(encoding="utf-8")))
    text = record.read_text(encoding="utf-8")
    for before in ("version: ", f"/{model}-"):
        text = text.replace(f"{before}{first}", f"{before}{SECOND}")
    record.write_text(text, encoding="utf-8")
    new = record_digest(yaml.safe_load(text))
    for event in (folder / SECOND / "events").glob("*.yaml"):
        said = event.read_text(encoding="utf-8")
        event.write_text(said.replace(old, new), encoding="utf-8")
    enlist(releases)
    for signature in (folder / SECOND / "events").glob(f"*{SIGNED}"):
        sign(signature.with_suffix(""))


def play(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """Every change, one ``up`` each, on the stack as it is then.

    Raises:
        StepFailedError: one did more than it should, or nothing.
    """
    settings = stage.settings(name)
    for model, one in sorted((settings.get("models") or {}).items()):
        first = one["traffic"]["stable"]
        release_second(stage.home.project / "releases", model, first)
        for change in changes_of(model, first):
            play_one(stage, name, steps, act, change)
    if settings.get("karpenter") is not None:
        play_one(stage, name, steps, act, NEW_POOL)


def play_one(stage: Stage, name: str, steps: Steps, act: str, change: Change) -> None:
    """One change and its ``up``; account, cluster and state agree afterwards.

    Raises:
        StepFailedError: it did more than it should, or nothing.
    """
    with steps.step(act, change.words) as step:
        stage.write_settings(name, change.edit(stage.settings(name)))
        for text in change.texts:
            exchange(stage.home.project, text)
        run = step.ran(stage.engine.run(name, *_UP))
        step.said = counted(run)
        step.problems += change.problems(run)
        if step.ok:
            step.problems += stage.differences()
