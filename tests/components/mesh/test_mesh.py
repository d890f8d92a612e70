import pytest
from pydantic import ValidationError

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.mesh.mesh import Mesh, MeshArgs, MeshSettings, cni_values, istiod_values, ztunnel_values
from facts.definitions import definitions
from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.mesh.objects import AUTHENTICATION, NAMESPACE
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.mesh.mesh import RULES
from tests.conftest import Made


@pytest.fixture
def made(deploy) -> Made:
    settings = MeshSettings(control_plane_replicas=3, drain_seconds=600)
    return deploy(lambda: Mesh("mesh", MeshArgs(settings=settings, cluster_addons=ClusterAddonsHandle())))


def test_the_mesh_is_four_pinned_charts_in_one_namespace(made: Made) -> None:
    assert made.children("mesh") == sorted(
        [
            (AUTHENTICATION[0], "mesh-strict"),
            (NAMESPACE, "mesh-namespace"),
            *((DEFINITION, f"mesh-crd-{kind}") for kind in definitions("istio")),
            *((RELEASE, f"mesh-{part}") for part in ("base", "cni", "istiod", "ztunnel")),
        ]
    )
    releases = {r.inputs["chart"]: r.inputs for r in made.all(RELEASE)}
    assert sorted(releases) == ["base", "cni", "istiod", "ztunnel"]
    for inputs in releases.values():
        assert inputs["namespace"] == "istio-system"
        assert inputs["version"] == "1.30.1"
        assert inputs["atomic"] is True
        assert inputs["skipAwait"] is False


def test_each_part_waits_for_the_one_before(made: Made) -> None:
    urn = {part: made.named(f"mesh-{part}").urn for part in ("namespace", "base", "istiod", "cni", "ztunnel")}

    assert urn["namespace"] in made.named("mesh-base").dependencies
    assert urn["base"] in made.named("mesh-istiod").dependencies
    assert urn["istiod"] in made.named("mesh-cni").dependencies
    assert {urn["istiod"], urn["cni"]} <= made.named("mesh-ztunnel").dependencies
    assert {urn["base"], urn["istiod"]} <= made.named("mesh-strict").dependencies


def test_the_definitions_outlive_the_mesh(made: Made) -> None:
    kept = [r for r in made.graph if r.retain_on_delete]
    assert len(kept) == 15
    assert kept == made.all(DEFINITION)
    assert {r.urn for r in kept} <= made.graph.waits_for(made.named("mesh-base").urn)


def test_the_base_chart_brings_no_definition_and_no_account_that_reads_secrets(made: Made) -> None:
    values = made.named("mesh-base").inputs["values"]
    assert values["base"]["excludedCRDs"] == [r.inputs["metadata"]["name"] for r in made.all(DEFINITION)]
    assert values["global"]["enableReaderRBAC"] is False
    assert made.named("mesh-istiod").inputs["values"]["global"]["enableReaderRBAC"] is False


def test_mutual_tls_is_required_of_the_whole_mesh(made: Made) -> None:
    strict = made.only(AUTHENTICATION[0]).inputs
    assert strict["metadata"] == {"name": "default", "namespace": "istio-system"}
    assert strict["spec"] == {"mtls": {"mode": "STRICT"}}


def test_only_agents_of_the_node_run_privileged(made: Made) -> None:
    labels = made.only(NAMESPACE).inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert "istio.io/dataplane-mode" not in labels


def test_settings_reach_the_charts(made: Made) -> None:
    settings = MeshSettings(control_plane_replicas=3, drain_seconds=600)
    assert made.named("mesh-istiod").inputs["values"] == istiod_values(settings)
    assert made.named("mesh-cni").inputs["values"] == cni_values()
    assert made.named("mesh-ztunnel").inputs["values"] == ztunnel_values(settings)
    assert istiod_values(settings)["profile"] == cni_values()["profile"] == "ambient"
    assert istiod_values(settings)["autoscaleMin"] == 3
    assert istiod_values(settings)["meshConfig"] == {"trustDomain": "cluster.local", "accessLogFile": ""}
    assert istiod_values(settings)["nodeSelector"]["slipway.dev/pool"] == "system"
    assert "nodeSelector" not in {**cni_values(), **ztunnel_values(settings)}, "agents run on every node"
    assert ztunnel_values(settings)["terminationGracePeriodSeconds"] == 600


@pytest.mark.parametrize(
    "values", [{"control_plane_replicas": 1}, {"drain_seconds": 5}, {"mode": "PERMISSIVE"}]
)
def test_strictness_and_redundancy_are_not_settings(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MeshSettings(**values)


def test_no_rule_objects_to_the_mesh_and_one_does_without_strictness(made: Made) -> None:
    said = judge(made.graph, RULES)
    assert (said.findings, said.undecided, said.faults) == ((), (), ())

    without = Graph(r for r in made.graph if r.name != "mesh-strict")
    assert [f.rule for f in judge(without, RULES).findings] == ["mesh-requires-mutual-tls"]
