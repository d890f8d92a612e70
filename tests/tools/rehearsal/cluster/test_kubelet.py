"""What the stand-in for kubelets says of pods, and that for other controllers of webhooks."""

from tools.rehearsal.cluster.kubelet import status_of
from tools.rehearsal.cluster.stand_ins import trusted
from tools.rehearsal.cluster.workloads import environment

POD = {
    "metadata": {"name": "p", "namespace": "models", "uid": "u"},
    "spec": {
        "initContainers": [
            {"name": "fetch", "image": "f"},
            {"name": "proxy", "image": "x", "restartPolicy": "Always"},
        ],
        "containers": [{"name": "main", "image": "m"}],
    },
}
NOW = "2026-01-01T00:00:00Z"


def test_a_pod_is_ready_with_its_init_containers_done_and_its_sidecars_running() -> None:
    status = status_of(POD, "10.244.0.3", NOW)
    assert status["phase"] == "Running"
    assert {c["type"] for c in status["conditions"]} >= {"Ready", "ContainersReady", "Initialized"}
    fetch, proxy = status["initContainerStatuses"]
    assert "terminated" in fetch["state"]
    assert "running" in proxy["state"]
    assert [c["ready"] for c in status["containerStatuses"]] == [True]


def test_a_pod_of_a_job_has_succeeded_and_is_not_ready() -> None:
    meta = {**POD["metadata"], "ownerReferences": [{"kind": "Job", "name": "j"}]}
    status = status_of({**POD, "metadata": meta}, "10.244.0.3", NOW)
    assert status["phase"] == "Succeeded"
    assert "Ready" not in {c["type"] for c in status["conditions"]}
    assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0


def test_trust_is_written_into_webhooks_of_services_alone_and_once() -> None:
    configuration = {
        "webhooks": [
            {"name": "a", "clientConfig": {"service": {"name": "s"}}},
            {"name": "b", "clientConfig": {"url": "https://elsewhere"}},
            {"name": "c", "clientConfig": {"service": {"name": "s"}, "caBundle": "ours"}},
        ]
    }
    assert trusted(configuration, "ours") == [
        {"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": "ours"}
    ]


def test_a_controller_gets_the_variables_that_are_written_out_and_its_own_names() -> None:
    container = {
        "env": [
            {"name": "MODE", "value": "x"},
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        ]
    }
    assert environment(POD, container) == {"MODE": "x", "POD_NAMESPACE": "models"}
