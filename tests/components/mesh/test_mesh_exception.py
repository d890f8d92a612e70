import re

import pytest

from components.mesh.flow import Peer
from components.mesh.mesh_exception import MeshException, compile_exception
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from tests.policies.cases import platform_rules, resource

FLOW_RULES = platform_rules("kubernetes.network_policies")
MESH_RULES = platform_rules("mesh.mesh")

WEBHOOK = Peer(namespace="kserve", labels={"control-plane": "kserve-controller-manager"})


def exception(**changes: object) -> MeshException:
    fields = {
        "kind": "api-server-to-webhook",
        "name": "kserve-webhook",
        "target": WEBHOOK,
        "port": 9443,
        "reason": "admission",
        "addresses": ["10.0.0.0/20"],
        **changes,
    }
    return MeshException(**fields)


METADATA = {
    "name": "kserve-webhook",
    "namespace": "kserve",
    "annotations": {"slipway.dev/mesh-exception": "api-server-to-webhook", "slipway.dev/reason": "admission"},
}
LABELS = {"matchLabels": {"control-plane": "kserve-controller-manager"}}


def test_an_exception_by_address_opens_one_port_to_these_addresses() -> None:
    authentication, authorization, network = compile_exception(exception())

    assert authentication == {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": METADATA,
        "spec": {
            "selector": LABELS,
            "mtls": {"mode": "STRICT"},
            "portLevelMtls": {"9443": {"mode": "PERMISSIVE"}},
        },
    }
    assert authorization == {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": METADATA,
        "spec": {
            "action": "ALLOW",
            "selector": LABELS,
            "rules": [
                {
                    "to": [{"operation": {"ports": ["9443"]}}],
                    "from": [{"source": {"ipBlocks": ["10.0.0.0/20"]}}],
                }
            ],
        },
    }
    assert network == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": METADATA,
        "spec": {
            "podSelector": LABELS,
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": [{"ipBlock": {"cidr": "10.0.0.0/20"}}], "ports": [{"port": 9443, "protocol": "TCP"}]}
            ],
        },
    }


def test_pods_outside_the_mesh_are_named_to_the_network_alone() -> None:
    scraper = Peer(namespace="observability", labels={"app": "prometheus"})
    _, authorization, network = compile_exception(
        exception(kind="metrics-scrape", addresses=(), pods=scraper, port=8080)
    )

    assert authorization["spec"]["rules"] == [{"to": [{"operation": {"ports": ["8080"]}}]}]
    assert network["spec"]["ingress"] == [
        {
            "from": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "observability"}},
                    "podSelector": {"matchLabels": {"app": "prometheus"}},
                }
            ],
            "ports": [{"port": 8080, "protocol": "TCP"}],
        }
    ]


@pytest.mark.parametrize("callers", [{}, {"addresses": (), "pods": Peer(namespace="x", labels={"a": "b"})}])
def test_no_rule_objects_to_a_compiled_exception(callers: dict[str, object]) -> None:
    manifests = compile_exception(exception(**callers))
    made = [resource(f"kubernetes:{m['apiVersion']}:{m['kind']}", m) for m in manifests]

    said = judge(Graph(made), [*FLOW_RULES, *MESH_RULES])

    assert (said.findings, said.undecided, said.faults) == ((), (), ())
    assert said.decided >= 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"addresses": ()}, "name the callers by addresses or by pods, one of them"),
        ({"pods": WEBHOOK}, "name the callers by addresses or by pods, one of them"),
        ({"addresses": ["0.0.0.0/0"]}, "0.0.0.0/0 is everybody"),
        ({"target": Peer(namespace="kserve")}, "the target needs labels, or it would be every pod of kserve"),
        ({"port": 70000}, "port 70000 is not between 1 and 65535"),
    ],
)
def test_an_exception_for_everybody_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'mesh exception kserve-webhook: {message}')}$"):
        exception(**changes)


def test_ports_the_kubelet_asks_are_open_to_the_kubelet_alone() -> None:
    network = compile_exception(exception(probe_ports=(8081,)))[2]

    assert network["spec"]["ingress"] == [
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/20"}}], "ports": [{"port": 9443, "protocol": "TCP"}]},
        {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}], "ports": [{"port": 8081, "protocol": "TCP"}]},
    ]
