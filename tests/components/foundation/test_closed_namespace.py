import pytest

from components.foundation.closed_namespace import (
    container_defaults,
    deny_all_requests,
    deny_all_traffic,
    deny_incoming_traffic,
    necessary_egress,
    quota,
    require_mutual_tls,
    workload_namespace,
)


def test_the_namespace_is_in_the_mesh_and_restricted() -> None:
    manifest = workload_namespace("models")

    assert (manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]) == (
        "v1",
        "Namespace",
        "models",
    )
    assert manifest["metadata"]["labels"] == {
        "app.kubernetes.io/part-of": "slipway",
        "istio.io/dataplane-mode": "ambient",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }


def test_denials_hold_no_rule_and_no_selector() -> None:
    assert deny_all_requests("models") == {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "default-deny", "namespace": "models"},
        "spec": {},
    }
    assert deny_all_traffic("models")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert deny_incoming_traffic("edge")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert require_mutual_tls("models")["spec"] == {"mtls": {"mode": "STRICT"}}


def test_a_pod_may_ask_dns_its_credentials_and_https_but_not_the_node() -> None:
    spec = necessary_egress("models", ["0.0.0.0/0", "10.0.0.0/16"])["spec"]

    assert (spec["podSelector"], spec["policyTypes"]) == ({}, ["Egress"])
    assert spec["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ],
            "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
        },
        {"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"port": 80, "protocol": "TCP"}]},
        {
            "to": [
                {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}},
                {"ipBlock": {"cidr": "10.0.0.0/16"}},
            ],
            "ports": [{"port": 443, "protocol": "TCP"}],
        },
    ]


@pytest.mark.parametrize(("ranges", "rules"), [([], 2), (["2001:db8::/32"], 3)])
def test_without_ranges_no_https_leaves(ranges: list[str], rules: int) -> None:
    assert len(necessary_egress("models", ranges)["spec"]["egress"]) == rules


def test_the_quota_bounds_everything_and_forbids_own_ways_in() -> None:
    assert quota("models", cpu=8, memory_gib=64, gpus=2, pods=10)["spec"]["hard"] == {
        "requests.cpu": "8",
        "requests.memory": "64Gi",
        "requests.nvidia.com/gpu": "2",
        "pods": "10",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def test_a_container_that_does_not_ask_gets_a_small_share() -> None:
    assert container_defaults("models")["spec"]["limits"] == [
        {
            "type": "Container",
            "default": {"cpu": "500m", "memory": "512Mi"},
            "defaultRequest": {"cpu": "50m", "memory": "128Mi"},
        }
    ]
