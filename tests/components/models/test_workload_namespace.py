import pulumi
import pytest
from pydantic import ValidationError

from components.foundation.kubernetes_object import KubernetesObject
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.flow import Flow, Peer
from components.mesh.mesh import MeshHandle
from components.models.workload_namespace import (
    WorkloadNamespace,
    WorkloadNamespaceArgs,
    WorkloadNamespaceSettings,
    contents,
)
from policies.analysis.mesh.objects import (
    AUTHENTICATION,
    AUTHORIZATION,
    MODEL_KINDS,
    NAMESPACE,
    NETWORK_POLICY,
)
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.kubernetes.namespaces import LIMIT_RANGE, QUOTA, RULES
from tests.conftest import Made
from tests.policies.cases import platform_rules, resource

FLOW_RULES = platform_rules("kubernetes.network_policies")

MODEL = resource(MODEL_KINDS[0], {"kind": "x", "metadata": {"name": "m", "namespace": "models"}}, "m")


@pytest.fixture
def made(deploy) -> Made:
    def program() -> None:
        mesh = MeshHandle(trust_domain="cluster.local")
        space = WorkloadNamespace(
            "models-namespace",
            WorkloadNamespaceArgs(
                settings=WorkloadNamespaceSettings(max_gpus=4), api_server_range="10.0.0.0/16", mesh=mesh
            ),
        )
        flow = Flow(
            name="embed",
            sources=[Peer(namespace="kserve", service_account="gateway")],
            target=Peer(namespace="models", labels={"app": "embed"}),
            port=8080,
            reason="requests",
        )
        DeclaredFlows("flows", DeclaredFlowsArgs(flows=[flow], after=space.handle.ready))

    return deploy(program)


def test_the_namespace_holds_its_refusals_and_bounds(made: Made) -> None:
    assert made.children("models-namespace") == sorted(
        [
            (AUTHENTICATION[0], "models-namespace-mutual-tls"),
            (AUTHORIZATION[0], "models-namespace-deny-requests"),
            (AUTHORIZATION[0], "models-namespace-pickers-authorization"),
            (LIMIT_RANGE, "models-namespace-defaults"),
            (NAMESPACE, "models-namespace-namespace"),
            (NETWORK_POLICY, "models-namespace-deny-traffic"),
            (NETWORK_POLICY, "models-namespace-necessary-egress"),
            (NETWORK_POLICY, "models-namespace-pickers-network"),
            (NETWORK_POLICY, "models-namespace-spans"),
            (NETWORK_POLICY, "models-namespace-watch"),
            (QUOTA, "models-namespace-priorities"),
            (QUOTA, "models-namespace-quota"),
        ]
    )
    for role, manifest in contents("models", WorkloadNamespaceSettings(max_gpus=4), "10.0.0.0/16").items():
        assert made.named(f"models-namespace-{role}").inputs == manifest


def test_everything_inside_waits_for_the_namespace_and_flows_for_every_refusal(made: Made) -> None:
    namespace = made.only(NAMESPACE)
    refusals = [r for r in made.graph if r.custom and r.name.startswith("models-namespace-")]

    assert all(namespace.urn in r.dependencies for r in refusals if r is not namespace)
    for name in ("flows-embed-authorization", "flows-embed-network"):
        assert {r.urn for r in refusals} <= made.named(name).dependencies


def test_no_rule_objects_to_the_namespace_once_models_live_in_it(made: Made) -> None:
    said = judge(Graph([*made.graph, MODEL]), [*RULES, *FLOW_RULES])

    assert (said.findings, said.undecided, said.faults) == ((), (), ())


@pytest.mark.parametrize(
    ("role", "rule"),
    [
        ("mutual-tls", "model-namespaces-require-mutual-tls"),
        ("deny-requests", "mesh-namespaces-deny-requests"),
        ("deny-traffic", "mesh-namespaces-deny-traffic"),
        ("quota", "model-namespaces-are-bounded"),
    ],
)
def test_a_namespace_that_loses_a_refusal_is_found(made: Made, role: str, rule: str) -> None:
    without = [r for r in made.graph if r.name != f"models-namespace-{role}"]

    assert {f.rule for f in judge(Graph([*without, MODEL]), RULES).findings} == {rule}


def test_a_range_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(ValidationError, match=r"should be an address range such as 10\.0\.0\.0/16"):
        WorkloadNamespaceSettings(https_egress=["10.0.0.1/16"])


def test_the_namespace_waits_for_the_mesh(deploy) -> None:
    def program() -> None:
        agent = KubernetesObject(
            "agent",
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}},
            pulumi.ResourceOptions(),
        )
        mesh = MeshHandle(trust_domain="cluster.local", ready=(agent,))
        WorkloadNamespace(
            "w",
            WorkloadNamespaceArgs(
                settings=WorkloadNamespaceSettings(), api_server_range="10.0.0.0/16", mesh=mesh
            ),
        )

    made = deploy(program)
    assert made.named("agent").urn in made.named("w-namespace").dependencies
    assert made.named("agent").urn in made.named("w-deny-requests").dependencies
