"""What the system nodes register. Mocks cannot prove that an instance type is offered in a zone."""

import json

import pytest
from pydantic import ValidationError

from components.cluster import ClusterHandle
from components.network import NetworkHandle
from components.system_nodes import SystemNodes, SystemNodesArgs, SystemNodesSettings


@pytest.fixture
def build(deploy, names):
    def run(instance_tags=None, **settings):
        network = NetworkHandle(
            vpc_id="vpc-1", vpc_cidr="10.0.0.0/16", node_subnet_ids=["subnet-1", "subnet-2"]
        )
        cluster = ClusterHandle(
            name="example-test",
            arn="arn",
            endpoint="https://x",
            certificate_authority="eA==",
            security_group_id="sg-1",
        )

        def program():
            nodes = SystemNodes(
                "system-nodes",
                SystemNodesArgs(
                    settings=SystemNodesSettings.model_validate(settings),
                    names=names,
                    network=network,
                    cluster=cluster,
                    instance_tags=instance_tags or {},
                ),
            )
            run.handle = nodes.handle

        return deploy(program)

    return run


def test_nodes_are_bottlerocket_on_demand_spread_and_replaced_one_by_one(build):
    made = build(min_nodes=2, max_nodes=4)
    group = made.only("aws:eks/nodeGroup:NodeGroup")
    role = made.named("system-nodes-role")

    assert {k: v for k, v in group.inputs.items() if k not in {"tags", "tagsAll"}} == {
        "clusterName": "example-test",
        "version": "1.35",
        "nodeRoleArn": role.outputs["arn"],
        "subnetIds": ["subnet-1", "subnet-2"],
        "amiType": "BOTTLEROCKET_x86_64",
        "instanceTypes": ["m7i.xlarge"],
        "capacityType": "ON_DEMAND",
        "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 4},
        "updateConfig": {"maxUnavailable": 1},
        "nodeRepairConfig": {"enabled": True},
        "launchTemplate": {"id": made.named("system-nodes-template").id, "version": "1"},
        "labels": {"slipway.dev/pool": "system"},
    }
    assert group.ignore_changes == ("scalingConfig.desiredSize",)


def test_pods_cannot_reach_the_nodes_credentials(build):
    template = build().only("aws:ec2/launchTemplate:LaunchTemplate").inputs

    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "disabled",
    }
    assert "keyName" not in template


def test_both_disks_are_encrypted(build):
    template = build(data_disk_gib=100).only("aws:ec2/launchTemplate:LaunchTemplate").inputs

    assert [
        (d["deviceName"], d["ebs"]["volumeSize"], d["ebs"]["encrypted"])
        for d in template["blockDeviceMappings"]
    ] == [("/dev/xvda", 4, "true"), ("/dev/xvdb", 100, "true")]


def test_instances_and_volumes_carry_the_tags_the_provider_cannot_give_them(build):
    template = build(instance_tags={"owner": "platform"}).only("aws:ec2/launchTemplate:LaunchTemplate").inputs
    tags = {"owner": "platform", "Name": "system-nodes-node", "component": "SystemNodes"}

    assert template["tagSpecifications"] == [
        {"resourceType": "instance", "tags": tags},
        {"resourceType": "volume", "tags": tags},
    ]


def test_the_role_may_join_and_pull_and_nothing_else(build):
    made = build()
    role = made.only("aws:iam/role:Role").inputs

    assert sorted(
        a.inputs["policyArn"] for a in made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    ) == [
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    ]
    assert made.all("aws:iam/rolePolicy:RolePolicy") == []
    assert (role["name"], role["permissionsBoundary"]) == (
        "example-test-system-nodes",
        "arn:aws:iam::111122223333:policy/example-test-boundary",
    )
    assert json.loads(role["assumeRolePolicy"])["Statement"][0]["Principal"] == {
        "Service": ["ec2.amazonaws.com"]
    }


def test_the_group_waits_for_its_policies_and_dependants_for_the_group(build):
    made = build()
    group = made.only("aws:eks/nodeGroup:NodeGroup")

    attached = {a.urn for a in made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert attached <= group.dependencies
    assert [r._name for r in build.handle.ready] == ["system-nodes-group"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_nodes": 5, "max_nodes": 3}, r"min_nodes \(5\) is above max_nodes \(3\)"),
        ({"min_nodes": 1}, r"greater than or equal to 2"),
        ({"max_nodes": True}, r"valid integer"),
        ({"instance_types": []}, r"at least 1 item"),
        ({"instance_types": ["m7g.xlarge"]}, r"m7g\.xlarge is an Arm machine; .* such as m7i\.xlarge"),
        ({"instance_types": ["c8gn.large"]}, r"c8gn\.large is an Arm machine"),
        ({"instance_types": ["xlarge"]}, r"should match pattern"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        SystemNodesSettings.model_validate(settings)


@pytest.mark.parametrize("kind", ["m7i.xlarge", "m7a.2xlarge", "g6.xlarge", "i4i.large", "m7i-flex.large"])
def test_x86_machines_are_accepted(kind):
    assert SystemNodesSettings(instance_types=[kind]).instance_types == [kind]
