"""The act of upgrades: a platform that is one version and one zone behind comes up, and moves on a step at a time.

Each step is one commit and one ``up`` (docs/upgrading.md), and may change what it is about: nothing is made anew.
"""

from dataclasses import replace
from typing import Any, Final

from stacks.load import Stack
from tools.rehearsal import committed
from tools.rehearsal.day_two import Change, Settings, play_one
from tools.rehearsal.engine import Engine
from tools.rehearsal.stage import AT_ITS_END, Stage
from tools.rehearsal.stages import Steps, counted
from tools.rehearsal.texts import Text, exchange

ACT: Final = "upgrades"
_UP: Final = ("up", "--yes", "--skip-preview")
_CLUSTER, _GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
_UPDATE: Final = frozenset({"update"})
_BEHIND: Final = ["a", "b"]
_KUBERNETES: Final = Text(
    file="components/foundation/well_known.py",
    old='KUBERNETES_VERSION: Final = "1.35"',
    new='KUBERNETES_VERSION: Final = "1.34"',
)
_ADD_ON: Final = Text(
    file="facts/pins/add-ons.yaml", old="version: v1.35.3-eksbuild.5", new="version: v1.34.0-eksbuild.1"
)
_IMAGES: Final = (
    Text(file="facts/pins/images.yaml", old="version: 1.63.0\n", new="version: 1.62.0\n"),
    Text(file="facts/pins/images.yaml", old="version: 1.63.0-d4932ff8", new="version: 1.62.0-00000000"),
)
BEHIND: Final = (_KUBERNETES, _ADD_ON, *_IMAGES)
"""What the platform has at first in place of what is pinned. That it is older is all that counts here."""


def _unchanged(settings: Settings) -> Settings:
    return settings


def _zones(zones: list[str]) -> Any:
    return lambda one: {**one, "network": {**one["network"], "zones": zones}}


UPGRADES: Final = (
    Change(
        words="EKS goes up one minor version",
        edit=_unchanged,
        texts=(_KUBERNETES.back,),
        operations=_UPDATE,
        about="",
        types=frozenset({_CLUSTER, _GROUP}),
    ),
    Change(
        words="an add-on follows",
        edit=_unchanged,
        texts=(_ADD_ON.back,),
        operations=_UPDATE,
        about="kube-proxy",
        types=frozenset({"aws:eks/addon:Addon"}),
    ),
    Change(
        words="a new image of nodes",
        edit=_unchanged,
        texts=tuple(text.back for text in _IMAGES),
        operations=_UPDATE,
        about="",
        types=frozenset({_GROUP, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"}),
    ),
    Change(
        words="a zone is added",
        edit=_zones([*_BEHIND, "c"]),
        operations=frozenset({"create", "update"}),
        about="",
    ),
)


def play(stage: Stage, stack: Stack, steps: Steps) -> None:
    """From nothing to the version before, then every step.

    Raises:
        StepFailedError: one did more than it should, or nothing.
    """
    name = stack.name
    stage = replace(stage, engine=Engine(stage.home, variables=AT_ITS_END))
    for text in BEHIND:
        exchange(stage.home.project, text)
    stage.write_settings(name, _zones(_BEHIND)(stage.settings(name)))
    with steps.step(ACT, "the platform comes up as it was before") as step:
        step.said = counted(step.ran(stage.engine.run(name, *_UP)))
        step.problems += stage.differences() if step.ok else []
    for change in UPGRADES:
        play_one(stage, name, steps, ACT, change)
    committed.again(stage, name, steps, ACT)
