from typing import Any

from components.compute.karpenter_permissions import controller_statements
from components.foundation.names import Names


def statements(names: Names) -> dict[str, dict[str, Any]]:
    return {s.sid: s.render() for s in controller_statements(names)}


def test_it_passes_only_the_role_of_its_nodes_and_only_to_machines(names: Names) -> None:
    assert statements(names)["PassNodeRole"] == {
        "Sid": "PassNodeRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["arn:aws:iam::111122223333:role/example-test-karpenter-node"],
        "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    }


def test_it_touches_only_what_carries_the_tags_of_its_cluster(names: Names) -> None:
    owned = "kubernetes.io/cluster/example-test"
    found = statements(names)
    for sid in ("LaunchFromOwnLaunchTemplates", "TagOwnInstances", "TerminateOwnInstances"):
        condition = found[sid]["Condition"]
        assert condition["StringEquals"][f"aws:ResourceTag/{owned}"] == "owned"
        assert condition["StringLike"] == {"aws:ResourceTag/karpenter.sh/nodepool": "*"}
    for sid in ("CreateTaggedInstances", "TagOnCreate", "CreateInstanceProfiles", "TagOwnInstanceProfiles"):
        condition = found[sid]["Condition"]["StringEquals"]
        assert condition[f"aws:RequestTag/{owned}"] == "owned"
        assert condition["aws:RequestTag/eks:eks-cluster-name"] == "example-test"
    for sid in ("TagOwnInstanceProfiles", "ChangeOwnInstanceProfiles"):
        assert found[sid]["Condition"]["StringEquals"][f"aws:ResourceTag/{owned}"] == "owned"


def test_what_is_not_scoped_only_reads(names: Names) -> None:
    unscoped = {sid: s["Action"] for sid, s in statements(names).items() if s["Resource"] == ["*"]}
    assert sorted(unscoped) == ["DescribeEc2", "ListInstanceProfiles", "ReadPrices"]
    verbs = ("ec2:Describe", "iam:ListInstanceProfiles", "pricing:Get")
    assert all(action.startswith(verbs) for actions in unscoped.values() for action in actions)
    region = statements(names)["DescribeEc2"]["Condition"]
    assert region == {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
