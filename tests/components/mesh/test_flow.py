import re

import pytest

from components.mesh.flow import Flow, Peer, compile_flow

GATEWAY = Peer(namespace="kserve", service_account="kserve-ingress-gateway", labels={"app": "gateway"})
MODEL = Peer(namespace="models", service_account="embed-v1", labels={"app": "embed"})


def flow(**changes: object) -> Flow:
    fields = {
        "name": "embed",
        "sources": [GATEWAY],
        "target": MODEL,
        "port": 8080,
        "reason": "requests",
        **changes,
    }
    return Flow(**fields)


def test_a_flow_opens_the_application_port_in_the_mesh_and_the_mesh_port_in_the_network() -> None:
    authorization, network = compile_flow(flow(), "example.mesh")

    assert authorization == {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {
            "name": "embed",
            "namespace": "models",
            "annotations": {"slipway.dev/reason": "requests"},
        },
        "spec": {
            "action": "ALLOW",
            "selector": {"matchLabels": {"app": "embed"}},
            "rules": [
                {
                    "from": [
                        {"source": {"principals": ["example.mesh/ns/kserve/sa/kserve-ingress-gateway"]}}
                    ],
                    "to": [{"operation": {"ports": ["8080"]}}],
                }
            ],
        },
    }
    assert network == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": "embed",
            "namespace": "models",
            "annotations": {"slipway.dev/reason": "requests"},
        },
        "spec": {
            "podSelector": {"matchLabels": {"app": "embed"}},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kserve"}},
                            "podSelector": {"matchLabels": {"app": "gateway"}},
                        }
                    ],
                    "ports": [{"port": 15008, "protocol": "TCP"}],
                },
                {
                    "from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}],
                    "ports": [{"port": 8080, "protocol": "TCP"}],
                },
            ],
        },
    }


def test_a_flow_from_a_closed_namespace_opens_its_way_out_too() -> None:
    target = Peer(namespace="observability", labels={"app": "collector"})
    _, _, out = compile_flow(flow(sources=[MODEL], target=target, port=4317))

    assert out["metadata"] == {
        "name": "embed-egress",
        "namespace": "models",
        "annotations": {"slipway.dev/reason": "requests"},
    }
    assert out["spec"] == {
        "podSelector": {"matchLabels": {"app": "embed"}},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "observability"}
                        },
                        "podSelector": {"matchLabels": {"app": "collector"}},
                    }
                ],
                "ports": [{"port": 15008, "protocol": "TCP"}],
            }
        ],
    }


def test_a_source_without_labels_is_its_whole_namespace_and_only_that() -> None:
    anybody = Peer(namespace="models", service_account="batch")
    _, network, out = compile_flow(flow(sources=[anybody]))

    assert out["spec"]["podSelector"] == {}
    assert network["spec"]["ingress"][0]["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "models"}}}
    ]


def test_several_callers_share_one_way_in_and_only_a_closed_one_needs_a_way_out() -> None:
    picker = Peer(namespace="models", service_account="picker", labels={"app": "picker"})
    authorization, network, out = compile_flow(flow(sources=[GATEWAY, picker]))

    assert authorization["spec"]["rules"][0]["from"] == [
        {
            "source": {
                "principals": [
                    "cluster.local/ns/kserve/sa/kserve-ingress-gateway",
                    "cluster.local/ns/models/sa/picker",
                ]
            }
        }
    ]
    assert [peer["podSelector"]["matchLabels"] for peer in network["spec"]["ingress"][0]["from"]] == [
        {"app": "gateway"},
        {"app": "picker"},
    ]
    assert out["spec"]["podSelector"] == {"matchLabels": {"app": "picker"}}


def test_two_ways_out_of_one_flow_are_refused() -> None:
    other = Peer(namespace="models", service_account="other")
    with pytest.raises(
        ValueError, match=r"^flow embed: two sources in closed namespaces; declare a flow for each$"
    ):
        compile_flow(flow(sources=[MODEL, other]))


def test_the_kubelet_may_ask_other_ports_than_callers() -> None:
    _, network = compile_flow(flow(probe_ports=[9000, 9001]))

    assert network["spec"]["ingress"][1]["ports"] == [
        {"port": 9000, "protocol": "TCP"},
        {"port": 9001, "protocol": "TCP"},
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sources": []}, "flow embed: every source needs a service account"),
        (
            {"sources": [GATEWAY, Peer(namespace="kserve")]},
            "flow embed: every source needs a service account",
        ),
        (
            {"target": Peer(namespace="models")},
            "flow embed: the target needs labels, or it would be every pod of models",
        ),
        ({"port": 0}, "flow embed: port 0 is not between 1 and 65535"),
        ({"reason": " "}, "flow embed: say why in reason"),
    ],
)
def test_what_would_open_more_than_one_way_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        flow(**changes)
