"""What must hold for a workload that runs pods of its own, whatever kind: no rights on the node, bounded, one version.

Runtimes and configs of KServe bring parts of pods, and are judged as they stand. What KServe merges of several objects
is judged by the same standard in ``serving/model_pods``: it needs the whole stack, and these rules one resource alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Final

from policies.analysis.kserve.fragments import FRAGMENTS, fragments_of
from policies.analysis.kserve.objects import LLM_CONFIG
from policies.analysis.pods import pod as pods
from policies.analysis.pods.finder import WORKLOADS, pods_of
from policies.analysis.pods.partial import parts_of
from policies.analysis.pods.pss_restricted import FIX as PSS_FIX
from policies.analysis.pods.pss_restricted import offences, told
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, text

OBJECTS: Final = ("kubernetes:*",)
COVERS: Final = frozenset(WORKLOADS)
"""Kinds that the catalogue may count as covered, though the rules ask every kind."""


Judgement = Callable[[pods.Pod], Iterable[Offence]]


def _in_each_pod(
    check: Judgement, part: Judgement | None = None, *, but: Collection[str] = ()
) -> Callable[[Resource, Graph], Iterable[Offence]]:
    """A check of every pod, and one of what an object says of pods that others make."""

    def found(workload: Resource, _graph: Graph) -> Iterator[Offence]:
        if workload.type in FRAGMENTS:
            return _judged(workload, fragments_of, check) if workload.type not in but else iter(())
        asked = part if workload.is_part else check
        whole = partial(_judged, workload, pods_of, asked) if asked is not None else tuple
        parts = partial(_judged, workload, parts_of, part) if part is not None else tuple
        return every((whole, parts))

    return found


def _judged(
    workload: Resource, of: Callable[[Resource], Iterable[pods.Pod]], check: Judgement
) -> Iterator[Offence]:
    return every(partial(check, pod) for pod in of(workload))


def _told_unbounded(pod: pods.Pod) -> Iterator[Offence]:
    """Of a part: a limit that takes the limit away."""
    for container in pod.containers():
        limit = at(container.says, "resources.limits.memory")
        if pods.is_nothing(limit):
            yield Offence(
                path=f"{container.path}.resources.limits.memory",
                problem=f"{limit} of container {container.name} is no limit",
                value=limit,
            )


def _shared_token(pod: pods.Pod) -> Iterator[Offence]:
    """Only where the token is asked for: what says nothing is left to the account."""
    account = text(at(pod.spec, "serviceAccountName"), "serviceAccountName")
    asked = flag(at(pod.spec, "automountServiceAccountToken"), "automountServiceAccountToken")
    if asked and account in {"", "default"}:
        yield Offence(
            path=pod.below("automountServiceAccountToken"),
            problem="asks for the token of the namespace's default account, which every pod there shares",
            value=True,
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="pods-meet-restricted-pss",
        severity="high",
        aliases=(
            "pods-have-no-rights-on-the-node",
            "serving-runtimes-have-no-rights-on-the-node",
            "llm-configs-have-no-rights-on-the-node",
        ),
        applies_to=OBJECTS,
        why=(
            "Whoever takes over a container with hostNetwork, hostPID, hostPath, hostPort, privileges or root has the "
            "node, and with it every pod and credential there."
        ),
        fix=PSS_FIX,
        check=_in_each_pod(offences, told),
        same_as=(
            "CKV_K8S_16",
            "CKV_K8S_17",
            "CKV_K8S_18",
            "CKV_K8S_19",
            "CKV_K8S_20",
            "CKV_K8S_23",
            "CKV_K8S_27",
            "CKV_K8S_28",
            "CKV_K8S_29",
            "CKV_K8S_30",
            "CKV_K8S_31",
            "CKV_K8S_37",
        ),
    ),
    Rule(
        id="containers-are-bounded",
        aliases=("serving-runtimes-are-bounded",),
        severity="medium",
        applies_to=OBJECTS,
        why="One container without a limit takes the memory of all others on its node.",
        fix="Set requests for cpu and memory, and a memory limit.",
        # What a config of language models leaves open, the model says.
        check=_in_each_pod(pods.unbounded_containers, _told_unbounded, but=LLM_CONFIG),
        same_as=("CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13"),
    ),
    Rule(
        id="images-are-pinned",
        severity="medium",
        aliases=(
            "images-have-one-version",
            "serving-runtime-images-have-one-version",
            "llm-config-images-have-one-version",
        ),
        applies_to=OBJECTS,
        why="A moving tag such as latest runs code nobody reviewed, on the next restart.",
        fix="Name the image by digest; the report lists images that only have a version.",
        check=_in_each_pod(pods.moving_images, pods.moving_images),
        same_as=("CKV_K8S_14",),
    ),
    Rule(
        id="pods-share-no-token",
        severity="medium",
        applies_to=OBJECTS,
        why="What one pod is granted through the default account, every pod of the namespace may do.",
        fix="Give the pod an account of its own, or set automountServiceAccountToken to false.",
        check=_in_each_pod(_shared_token, _shared_token),
        same_as=("CKV_K8S_38",),
    ),
)
