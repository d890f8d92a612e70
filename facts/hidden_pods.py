"""Pods that no manifest in a stack shows: what add-ons, unrendered charts and operators run."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from facts.strict import Strict

_FILE = Path(__file__).parent / "hidden_pods.yaml"


class HiddenPod(Strict):
    """One kind of pod. Paths are into the values or the configuration of what brings it."""

    name: str
    per_node: bool = False
    per_node_where: str = ""
    """``key=value`` of the values, where it decides whether the pod is on every node."""
    replicas: int = 1
    replicas_at: str = ""
    cpu_m: int = 0
    """What it asks for, or asks for besides ``resources``."""
    memory_mib: int = 0
    resources: str = ""
    settings: str | None = None
    """Where tolerations, nodeSelector and priorityClassName stand; nothing where none can be given."""
    tolerates: list[str] = Field(default_factory=list)
    by_operator: bool = False
    """Made of an operator's own object: a rendered chart does not show it either."""


class _Source(Strict):
    source: str
    pods: list[HiddenPod]


@cache
def _read() -> dict[str, dict[str, list[HiddenPod]]]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        kind: {name: _Source.model_validate(said).pods for name, said in entries.items()}
        for kind, entries in raw.items()
    }


def pods_of_add_on(name: str) -> list[HiddenPod] | None:
    """The pods of an EKS add-on; nothing where it is not known."""
    return _read()["add-ons"].get(name)


def pods_of_chart(name: str) -> list[HiddenPod]:
    """The pods of a chart that a rendering does not show, or that has none."""
    return _read()["charts"].get(name, [])
