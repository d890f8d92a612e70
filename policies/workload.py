"""What must hold for a workload that runs pods of its own, whatever kind: no rights on the node, bounded, one version.

What KServe makes pods of is judged by the same standard in the modules of those kinds.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from policies import pods
from policies.deferring import every
from policies.pod_finder import WORKLOADS, pods_of
from policies.pod_restricted import offences
from policies.record import Graph, Resource
from policies.rule import Rule

OBJECTS: Final = ("kubernetes:*",)
COVERS: Final = frozenset(WORKLOADS)
"""Kinds that the catalogue may count as covered, though the rules ask every kind."""


def _in_each_pod(check: Callable[[pods.Pod], Iterable[str]]) -> Callable[[Resource, Graph], Iterable[str]]:
    def found(workload: Resource, _graph: Graph) -> Iterator[str]:
        return every(partial(_placed, pod, check) for pod in pods_of(workload))

    return found


def _placed(pod: pods.Pod, check: Callable[[pods.Pod], Iterable[str]]) -> Iterator[str]:
    for problem in check(pod):
        yield f"{pod.place}: {problem}" if pod.place else problem


RULES: tuple[Rule, ...] = (
    Rule(
        id="pods-have-no-rights-on-the-node",
        applies_to=OBJECTS,
        why="Whoever takes over such a container has the node, and with it every pod and credential there.",
        fix="Write the restricted Pod Security Standard: drop ALL, runAsNonRoot, RuntimeDefault, no host access.",
        check=_in_each_pod(offences),
    ),
    Rule(
        id="containers-are-bounded",
        applies_to=OBJECTS,
        why="One container without a limit takes the memory of all others on its node.",
        fix="Set requests for cpu and memory, and a memory limit.",
        check=_in_each_pod(lambda pod: pods.unbounded_containers(pod.spec)),
    ),
    Rule(
        id="images-have-one-version",
        applies_to=OBJECTS,
        why="A moving tag runs code nobody reviewed, on the next restart.",
        fix="Name the image by digest; the report lists images that only have a version.",
        check=_in_each_pod(lambda pod: pods.moving_images(pod.spec)),
    ),
)
