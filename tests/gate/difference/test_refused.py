"""A control plane that would change its zones: found between two reports of the whole program, and in words."""

from gate.difference.refused import refused_changes
from tests.captured import captured

PARENT = "urn:pulumi:dev::slipway::slipway:network:Network$slipway:network:ControlPlaneSubnets::network-control-plane"


def report(*zones, cluster="urn:cluster", parent=PARENT):
    subnets = [
        {
            "type": "aws:ec2/subnet:Subnet",
            "urn": f"urn:{zone}",
            "name": f"network-control-plane-{zone}",
            "parent": parent,
            "inputs": {"availabilityZone": f"eu-central-1{zone}"},
        }
        for zone in zones
    ]
    made = {"type": "aws:eks/cluster:Cluster", "urn": cluster, "name": "cluster", "parent": "", "inputs": {}}
    return {"resources": [*subnets, made]}


def test_other_zones_of_a_live_control_plane_are_told():
    said = (
        "cluster: EKS keeps the control plane of a live cluster in eu-central-1a, eu-central-1b "
        "(got eu-central-1a, eu-central-1c): the update stops there"
    )
    assert refused_changes(report("a", "b"), report("a", "c")) == [said]
    assert refused_changes(report("a", "b"), report("b", "a")) == []


def test_a_cluster_that_is_new_may_stand_anywhere_and_nodes_may_get_a_zone():
    assert refused_changes(report("a", "b"), report("a", "c", cluster="urn:another")) == []
    assert refused_changes(report("a", "b", parent="urn:nodes"), report("a", "c", parent="urn:nodes")) == []
    assert refused_changes({"resources": []}, report("a", "b")) == []


def test_the_programs_own_subnets_are_read_by_their_component():
    found = [
        r.inputs["availabilityZone"]
        for r in captured("dev").graph
        if r.type == "aws:ec2/subnet:Subnet" and "slipway:network:ControlPlaneSubnets" in r.parent
    ]
    assert sorted(found) == ["eu-central-1a", "eu-central-1b"]
