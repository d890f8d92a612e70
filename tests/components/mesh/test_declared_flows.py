import pytest

from components.foundation.closed_namespace import deny_all_requests, deny_incoming_traffic
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.flow import Flow, Peer, compile_flow
from components.mesh.mesh_exception import MeshException, compile_exception

MODEL = Peer(namespace="models", service_account="m", labels={"app": "m"})
COLLECTOR = Peer(namespace="observability", labels={"app": "collector"})
FLOW = Flow(name="traces", sources=[MODEL], target=COLLECTOR, port=4317, reason="traces")
EXCEPTION = MeshException(
    kind="load-balancer-to-edge",
    name="callers",
    target=Peer(namespace="edge", labels={"app": "envoy"}),
    port=10443,
    reason="requests",
    addresses=["10.0.0.0/16"],
)


def test_each_object_of_a_flow_is_registered_under_its_name(deploy) -> None:
    made = deploy(
        lambda: DeclaredFlows(
            "flows", DeclaredFlowsArgs(flows=[FLOW], exceptions=[EXCEPTION], trust_domain="td")
        )
    )

    compiled = [*compile_flow(FLOW, "td"), *compile_exception(EXCEPTION)]
    names = [
        "flows-traces-authorization",
        "flows-traces-network",
        "flows-traces-network-egress",
        "flows-callers-authentication",
        "flows-callers-authorization",
        "flows-callers-network",
    ]
    assert sorted(name for _, name in made.children("flows")) == sorted(names)
    assert [made.named(name).inputs for name in names] == compiled


def test_without_flows_nothing_is_opened(deploy) -> None:
    assert deploy(lambda: DeclaredFlows("flows", DeclaredFlowsArgs())).children("flows") == []


def test_a_closed_namespace_lets_in_nothing_but_the_flows(deploy) -> None:
    made = deploy(lambda: DeclaredFlows("flows", DeclaredFlowsArgs(exceptions=[EXCEPTION], closed=["edge"])))

    assert made.named("flows-edge-deny-requests").inputs == deny_all_requests("edge")
    assert made.named("flows-edge-deny-traffic").inputs == deny_incoming_traffic("edge")
    assert len(made.children("flows")) == 5


def test_two_flows_of_one_name_are_refused(deploy) -> None:
    with pytest.raises(Exception, match="two flows are called traces"):
        deploy(lambda: DeclaredFlows("flows", DeclaredFlowsArgs(flows=[FLOW, FLOW])))
