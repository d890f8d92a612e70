"""What once stopped the first ``up``, each put back into the platform as it is captured: the gate names it.

The faults are those of the reviews against the pinned sources: an ``up`` that cannot finish, a model that cannot start,
a limit that never counts. Each case changes the captured ``dev`` stack as the old program made it, and asks the one
rule that must speak, with the charts' contents joined in as ``slipway preview`` does. B2 and B3 are refused by
upstream's own webhook in ``make conformance`` too.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from policies.analysis.charts.joined import joined
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.captured import captured
from tests.policies.cases import resource

RELEASE = "kubernetes:helm.sh/v3:Release"
Edit = Callable[[Graph], Graph]
BY_ID = {rule.id: rule for rule in ALL}


def edited(name: str, change: Callable[[Any], object], **fields: Any) -> Edit:
    """One resource's inputs changed in place, its other fields replaced."""

    def run(graph: Graph) -> Graph:
        found = [r for r in graph if r.name == name]
        assert found, f"{name} is not declared any more"
        inputs = copy.deepcopy({r.urn: _plain(r.inputs) for r in found})
        for value in inputs.values():
            change(value)
        return Graph(
            [replace(r, inputs=inputs[r.urn], **fields) if r.name == name else r for r in graph],
            graph.elsewhere,
        )

    return run


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def also(*releases: Mapping[str, str]) -> Edit:
    """Releases beside those that are there."""

    def run(graph: Graph) -> Graph:
        made = [resource(RELEASE, {**one, "namespace": "kserve"}, name=one["name"]) for one in releases]
        return Graph([*graph, *made], graph.elsewhere)

    return run


def nodes_for_the_control_plane(graph: Graph) -> Graph:
    cluster = next(r for r in graph if r.name == "cluster-control-plane")
    nodes = frozenset(
        r.urn for r in graph if r.name.startswith("network-nodes-") and r.type.endswith(":Subnet")
    )
    assert nodes
    depends = {**cluster.property_dependencies, "vpcConfig": nodes}
    changed = replace(cluster, property_dependencies=depends)
    return Graph([changed if r is cluster else r for r in graph], graph.elsewhere)


def smaller_nodes(graph: Graph) -> Graph:
    for zone in "abc":
        graph = edited(f"system-nodes-group-{zone}", lambda i: i.update(instanceTypes=["m7i.xlarge"]))(graph)
    return graph


def shared(inputs: Any) -> None:
    inputs["spec"]["rateLimit"]["global"]["rules"][0]["shared"] = True


CRDS = {
    "name": "gateway-crds",
    "chart": "oci://docker.io/envoyproxy/gateway-crds-helm",
    "version": "v1.8.1",
}
KSERVE = [
    {"name": "kserve-crd", "chart": "oci://ghcr.io/kserve/charts/kserve-crd", "version": "v0.20.0"},
    {
        "name": "kserve-llm-crd",
        "chart": "oci://ghcr.io/kserve/charts/kserve-llmisvc-crd",
        "version": "v0.20.0",
    },
]

PUT_BACK = {
    "B1, a chart of definitions that Helm cannot record": (also(CRDS), "helm-records-fit-in-a-secret"),
    "B2, a name that KServe's webhook refuses": (
        edited(
            "model-minilm-service",
            lambda i: i["spec"]["predictor"]["model"].update(name="kserve-container"),
        ),
        "predictive-models-are-admitted",
    ),
    "B3, a logger without key and parameters": (
        edited(
            "model-minilm-service",
            lambda i: [i["spec"]["predictor"]["logger"]["storage"].pop(k) for k in ("key", "parameters")],
        ),
        "predictive-models-are-admitted",
    ),
    "B4, a download whose first call is forbidden": (
        edited("model-minilm-service", lambda i: i["spec"]["predictor"].pop("storageContainerName")),
        "programs-may-make-their-calls",
    ),
    "B5, two releases that define one kind": (also(*KSERVE), "definitions-have-one-owner"),
    "B6, nodes that do not hold the platform": (
        smaller_nodes,
        "fixed-nodes-hold-their-pods-with-one-missing",
    ),
    "B7, models that outrank the platform": (
        edited("cluster-addons-slipway-models", lambda i: i.update(value=100_000)),
        "classes-of-models-are-below-every-other-pod",
    ),
    "AWS M1, a control plane in the subnets of nodes": (
        nodes_for_the_control_plane,
        "control-planes-have-subnets-of-their-own",
    ),
    "AWS M2, a desired size that nothing moves": (
        edited("system-nodes-group-a", lambda _: None, ignore_changes=("scalingConfig.desiredSize",)),
        "node-group-sizes-are-accepted",
    ),
    "a shared limit merged with a cost": (
        edited("gateway-edge-protection", shared),
        "costs-stand-beside-no-shared-limit",
    ),
}


@pytest.mark.parametrize(("edit", "rule"), PUT_BACK.values(), ids=PUT_BACK)
def test_what_stopped_the_first_up_makes_the_gate_red(edit: Edit, rule: str):
    assert BY_ID[rule].level == "mandatory"
    before = captured("dev").graph
    assert judge(joined(before), [BY_ID[rule]]).findings == ()
    found = judge(joined(edit(before)), [BY_ID[rule]])
    assert {finding.rule for finding in found.findings} == {rule}
    assert found.faults == ()
