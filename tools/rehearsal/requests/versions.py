"""A second version beside the first, under traffic: its share is what was asked for, and no request is lost."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tools.rehearsal.day_two import SECOND
from tools.rehearsal.requests import bring_up
from tools.rehearsal.requests.models import Model
from tools.rehearsal.requests.prepared import REMOVED, STAGES
from tools.rehearsal.requests.scene import Scene
from tools.rehearsal.stages import Step, Steps

_OK, _TOO_MANY = 200, 429
_SHARE, _BAND, _ASKED = 0.10, 0.02, 2000
_GOING: Final = "500 ''"
_LOST_AT_AN_END: Final = 3
"""One for each proxy of the inner gateway: docs/components/gateway.md says why, and that it is upstream's order."""
_SETTLES: Final = 12.0
"""Seconds for which traffic goes on after a change: the AI gateway's processor reads its configuration every 5."""


@dataclass
class Traffic:
    """What was asked of one model while something else went on."""

    model: Model
    statuses: Counter[int] = field(default_factory=Counter)
    said: set[str] = field(default_factory=set)

    @property
    def lost(self) -> int:
        """Requests that were neither answered nor over a limit."""
        return sum(count for status, count in self.statuses.items() if status not in {_OK, _TOO_MANY})

    def problems(self, known: int = 0) -> list[str]:
        """That requests were lost; ``known`` of them are not told, where all were lost in the known way."""
        lost = self.lost
        if not lost or (lost <= known and self.said == {_GOING}):
            return []
        return [
            f"{self.model.name}: {lost} of {self.statuses.total()} requests lost: {sorted(self.said)[:3]}"
        ]


def play(scene: Scene, steps: Steps, act: str) -> None:
    """The rollout of every model at once, change by change.

    Raises:
        StepFailedError: a request was lost, or a share is another.
    """
    for stage in STAGES[1:]:
        with steps.step(act, f"under traffic: {stage}") as step:
            _changed(scene, stage, step)
        if stage == STAGES[2]:
            for model in scene.edge.models:
                with steps.step(act, f"{model.name}: {_SHARE:.0%} of {_ASKED} requests") as step:
                    _share(scene, model, step)


def _changed(scene: Scene, stage: str, step: Step) -> None:
    scene.forget_use()
    with _traffic(scene) as traffic:
        step.problems += bring_up.change(scene.api, scene.prepared, stage)
        if stage != REMOVED:
            step.problems += scene.wake()
            step.problems += bring_up.waited(lambda: bring_up.not_ready(scene.api))
        time.sleep(_SETTLES)
    for one in traffic:
        step.problems += one.problems(_LOST_AT_AN_END if stage == REMOVED else 0)
    step.said = ", ".join(
        f"{one.model.name} {one.statuses[_OK]} answered{f' and {one.lost} lost' if one.lost else ''}"
        for one in traffic
    )


@contextmanager
def _traffic(scene: Scene) -> Iterator[list[Traffic]]:
    """One caller for each model, one request after the other."""
    over = threading.Event()
    found = [Traffic(model) for model in scene.edge.models]

    def work(one: Traffic) -> None:
        caller = scene.caller()
        while not over.wait(0.1):
            answer = scene.ask(caller, one.model)
            one.statuses[answer.status] += 1
            if answer.status not in {_OK, _TOO_MANY}:
                one.said.add(answer.told())

    threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in found]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _share(scene: Scene, model: Model, step: Step) -> None:
    """Counted where they arrive; limits are emptied as often as they fill up."""
    caller, asked = scene.caller(), 0
    before = _arrived(scene, model)
    left = 0
    while asked < _ASKED:
        if left == 0:
            scene.forget_use(with_time=False)
            left = model.requests or _ASKED
        answer = scene.ask(caller, model)
        left -= 1
        if answer.status == _OK:
            asked += 1
        elif answer.status != _TOO_MANY:
            step.problems.append(f"{answer.told()} after {asked} requests")
            return
        else:
            left = 0
    after = _arrived(scene, model)
    counts = {version: after[version] - before.get(version, 0) for version in after}
    share = counts.get(SECOND, 0) / _ASKED
    if abs(share - _SHARE) > _BAND or sum(counts.values()) < _ASKED:
        step.problems.append(f"{counts}: {share:.1%} of {_ASKED}; {_SHARE:.0%} ± {_BAND:.0%} is right")
    step.said = f"{share:.1%}"


def _arrived(scene: Scene, model: Model) -> dict[str, int]:
    """Requests that each version's engines have answered."""
    found: Counter[str] = Counter()
    for pod in scene.pods(model.name):
        version = pod["metadata"]["labels"]["slipway.dev/version"]
        found[version] += scene.answered(pod)
    return dict(found)
