"""The fourth act: mistakes put into the project one at a time. Each must turn the rehearsal red, and be named.

A rehearsal that says yes to these would say yes to anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facts.pins import charts
from gate.core.errors import GateError
from stacks.load import Stack
from tools.rehearsal import by_hand, reconciled
from tools.rehearsal.cluster.charts import KSERVE_DEFINITIONS
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Steps, counted
from tools.rehearsal.texts import Text, exchange

ACT: Final = "faults"
_UP: Final = ("up", "--yes", "--skip-preview")
_SMALL: Final = "charts"
"""The stack of the small program."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One mistake: a text of one file in place of another, and what somebody has to say about it."""

    words: str
    file: str
    old: str
    new: str
    named: tuple[str, ...]
    """What one of the problems must hold."""


FAULTS: Final = (
    Fault(
        words="`name` on a stable predictor",
        file="components/models/predictive_manifest.py",
        old='        "model": {\n            **predictor_server(',
        new='        "model": {\n            "name": "kserve-container",\n            **predictor_server(',
        named=("InferenceService", "name"),
    ),
    Fault(
        words="a logger without its key",
        file="components/models/payload_logging.py",
        old='            "key": "credentials",\n',
        new="",
        named=("storage", "key"),
    ),
    Fault(
        words="a selector with a wrong label",
        file="components/models/flows.py",
        old='        "component": "predictor",\n',
        new='        "component": "predictors",\n',
        named=("component=predictors", "which has component=predictor"),
    ),
    Fault(
        words="KServe's own download: HeadBucket is denied",
        file="components/models/predictive_manifest.py",
        old='        "storageContainerName": STORAGE_CONTAINER,\n',
        new="",
        named=("storage-initializer: HeadBucket", "under a condition that the call does not meet"),
    ),
    Fault(
        words="two sets that hold one definition",
        file="facts/crds/kserve-llm.json",
        old='"objects": [',
        new='"objects": [{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", '
        '"metadata": {"name": "clusterstoragecontainers.serving.kserve.io"}}, ',
        named=("clusterstoragecontainers.serving.kserve.io", "Duplicate resource URN"),
    ),
)
_PROGRAM: Final = '''"""Two charts of definitions, neither of which waits for the other."""
import pulumi
import pulumi_kubernetes as k8s

cluster = k8s.Provider("kubernetes", kubeconfig={kubeconfig!r})
for chart in {charts!r}:
    k8s.helm.v3.Release(
        chart, name=chart, chart="{repository}/" + chart, version="{version}", namespace="default", atomic=True,
        opts=pulumi.ResourceOptions(provider=cluster))
'''


@contextmanager
def put_in(project: Path, fault: Fault) -> Iterator[None]:
    """The project with one mistake, until this context ends.

    Raises:
        GateError: the file does not hold the text any more, so that nothing would be shown.
    """
    before = exchange(project, Text(file=fault.file, old=fault.old, new=fault.new))
    try:
        yield
    finally:
        (project / fault.file).write_text(before, encoding="utf-8")


def names(problems: list[str], wanted: tuple[str, ...]) -> bool:
    """Whether one problem holds all of these words."""
    return any(all(word in problem for word in wanted) for problem in problems)


def play(stage: Stage, stack: Stack, steps: Steps) -> None:
    """Every fault, on the platform as it is committed, which is made right again after each.

    Raises:
        StepFailedError: one goes unnoticed, or leaves something behind.
    """
    name = stack.name
    _charts(stage, steps)
    with steps.step(ACT, "the platform is up") as step:
        step.said = counted(step.ran(stage.engine.run(name, *_UP)))
    by_hand.play(stage, steps, ACT)
    for fault in FAULTS:
        with steps.step(ACT, f"{fault.words}: is noticed") as step, put_in(stage.home.project, fault):
            run = stage.engine.run(name, *_UP)
            step.runs.append(run)
            found = [*run.errors, *([] if run.code else reconciled.problems(stage, name))]
            step.said = next((p for p in found if names([p], fault.named)), "")
            if not step.said:
                step.problems.append(f"nobody says {' and '.join(fault.named)}")
                step.problems += found
        with steps.step(ACT, f"{fault.words}: taken out again") as step:
            run = step.ran(stage.engine.run(name, *_UP))
            step.said = counted(run)
            step.problems += [*stage.differences(), *reconciled.problems(stage, name)] if step.ok else []


def _charts(stage: Stage, steps: Steps) -> None:
    """In the cluster as it is at first: once the definitions are ours, Helm would refuse both charts in any order."""
    if stage.cluster is None:
        raise GateError("Helm installs charts in a real cluster alone")
    program, pin = stage.home.project / "__main__.py", charts()["kserve"]
    kubeconfig = stage.cluster.plane.kubeconfig("charts", stage.cluster.token)
    text = program.read_text(encoding="utf-8")
    said = _PROGRAM.format(
        kubeconfig=kubeconfig.read_text(encoding="utf-8"),
        charts=KSERVE_DEFINITIONS,
        repository=pin.repository,
        version=pin.version,
    )
    with steps.step(ACT, "two charts that hold one definition, unordered: are refused") as step:
        program.write_text(said, encoding="utf-8")
        step.ran(stage.engine.run(_SMALL, "stack", "init", "--secrets-provider", "passphrase"))
        run = stage.engine.run(_SMALL, *_UP)
        step.runs.append(run)
        wanted = ("clusterstoragecontainers.serving.kserve.io",)
        step.said = next((p for p in run.errors if names([p], wanted)), "")
        if not step.said:
            step.problems.append(f"nobody says {wanted[0]}")
            step.problems += run.errors
        step.ran(stage.engine.run(_SMALL, "destroy", "--yes", "--skip-preview"))
        step.ran(stage.engine.run(_SMALL, "stack", "rm", "--yes"))
        program.write_text(text, encoding="utf-8")
