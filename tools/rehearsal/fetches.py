"""Whether the pods that KServe made may do what they do in S3, by the roles and policies that stand in the account.

Which program a pod runs is read from the pod, not from our objects: KServe's webhook decides it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.iam.sessions import workloads
from policies.analysis.identity.calls import refusal
from policies.analysis.identity.models import fetched_by
from policies.analysis.identity.programs import Use
from policies.engine.graph import Graph

ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_OURS: Final = "runtime.download"
_INITIALIZER: Final = "storage-initializer"
_S3: Final = "s3://"

Pod = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One pod that fetches a model's files: with which program, and as whom."""

    pod: str
    program: str
    namespace: str
    account: str


def fetches(pods: Sequence[Pod]) -> Iterator[Fetch]:
    """Every pod whose init containers fetch from S3."""
    for pod in pods:
        meta, spec = pod["metadata"], pod["spec"]
        for container in spec.get("initContainers", ()):
            words = [*container.get("command", ()), *container.get("args", ())]
            if any(word.startswith(_S3) for word in words):
                yield Fetch(
                    pod=f"{meta['namespace']}/{meta['name']}",
                    program="download" if _OURS in words else _INITIALIZER,
                    namespace=meta["namespace"],
                    account=spec.get("serviceAccountName", "default"),
                )


def refused(found: Sequence[Fetch], graph: Graph) -> Iterator[str]:
    """What the account would refuse each of them."""
    sessions = {identity.holder.urn: identity for identity in workloads(graph) if identity.holder}
    for one in found:
        names = [said for _, said in fetched_by(graph, one.namespace, one.account)]
        holders = [
            a
            for a in graph.of_type(ASSOCIATION)
            if (a.inputs["namespace"], a.inputs["serviceAccount"]) == (one.namespace, one.account)
        ]
        if not holders:
            yield f"Pod {one.pod}: {one.program}: {one.account} has no pod identity association"
            continue
        role = str(holders[0].inputs["roleArn"])
        for said in names[:1]:
            place = {"region": [role_region(graph)], "account": [role.split(":")[4]]}
            use = Use(
                program=one.program, identity=sessions[holders[0].urn], role_arn=role, names={**place, **said}
            )
            for request in use.requests():
                if reason := refusal(use, request, graph):
                    yield f"Pod {one.pod}: {one.program}: {request.call} on {request.resource}: {reason}"


def role_region(graph: Graph) -> str:
    """The region of the account's regional resources."""
    for one in graph.of_type("aws:eks/cluster:Cluster"):
        arn = str(one.outputs.get("arn", ""))
        if arn.count(":") > 2:  # noqa: PLR2004 arn to region
            return arn.split(":")[3]
    return ""
