"""Nodes of the simulated account, and what a pod is said to be."""

import json

from tools.rehearsal.kubelets import _running, nodes

GROUP = {
    "nodeGroupName": "system-a",
    "subnetIds": ["subnet-1"],
    "instanceTypes": ["m7i.2xlarge"],
    "scalingConfig": {"minSize": 1.0, "desiredSize": 2.0, "maxSize": 3.0},
    "labels": {"slipway.dev/pool": "system"},
    "taints": [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
}
ACCOUNT = {
    "records": [
        {
            "type": "aws:ec2/subnet:Subnet",
            "id": "subnet-1",
            "settings": {"availabilityZone": "eu-central-1b"},
        },
        {"type": "aws:eks/nodeGroup:NodeGroup", "id": "c:system-a", "settings": GROUP},
    ]
}


def test_a_group_has_as_many_nodes_as_it_wants_with_its_labels_taints_and_size():
    found = dict(nodes(ACCOUNT))
    assert list(found) == ["system-a-0", "system-a-1"]
    one = found["system-a-0"]
    labels = one["object"]["metadata"]["labels"]
    assert labels["topology.kubernetes.io/zone"] == "eu-central-1b"
    assert labels["slipway.dev/pool"] == "system"
    assert one["taints"] == [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NoSchedule"}]
    assert one["status"]["allocatable"] == {"cpu": "7910m", "memory": "29317Mi", "pods": "58"}
    assert dict(nodes({})) == {}


def pod(owner):
    owners = [{"kind": owner, "name": "x"}]
    return {"metadata": {"ownerReferences": owners}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def test_a_pod_runs_and_is_ready_and_one_of_a_job_has_succeeded():
    running, done = _running(pod("ReplicaSet")), _running(pod("Job"))
    assert (running["phase"], running["containerStatuses"][0]["ready"]) == ("Running", True)
    assert done["phase"] == "Succeeded"
    assert json.loads(json.dumps(done["containerStatuses"][0]["state"]))["terminated"]["exitCode"] == 0
