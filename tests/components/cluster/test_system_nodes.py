"""What the system nodes register. Mocks cannot prove that an instance type is offered in a zone."""

import json

import pytest
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.cluster.node_shell import shell_document
from components.cluster.system_nodes import SystemNodes, SystemNodesArgs, SystemNodesSettings
from components.network.network import NetworkHandle
from facts.pins import images


@pytest.fixture
def build(deploy, names):
    def run(instance_tags=None, **settings):
        network = NetworkHandle(
            vpc_id="vpc-1",
            vpc_cidr="10.0.0.0/16",
            node_subnet_ids=["subnet-1", "subnet-2"],
            control_plane_subnet_ids=["subnet-8", "subnet-9"],
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
                    zones=["a", "b"],
                    cluster=cluster,
                    instance_tags=instance_tags or {},
                ),
            )
            run.handle = nodes.handle

        return deploy(program)

    return run


def test_every_zone_has_a_group_of_bottlerocket_nodes_that_only_the_platform_lands_on(build):
    made = build(nodes_per_zone=2)
    role = made.named("system-nodes-role")

    for zone, subnet in (("a", "subnet-1"), ("b", "subnet-2")):
        group = made.named(f"system-nodes-group-{zone}")
        assert {k: v for k, v in group.inputs.items() if k not in {"tags", "tagsAll"}} == {
            "clusterName": "example-test",
            "version": "1.35",
            "releaseVersion": "1.63.0-d4932ff8",
            "nodeRoleArn": role.outputs["arn"],
            "subnetIds": [subnet],
            "amiType": "BOTTLEROCKET_x86_64",
            "instanceTypes": ["m7i.2xlarge"],
            "capacityType": "ON_DEMAND",
            "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 2},
            "updateConfig": {"maxUnavailable": 1},
            "nodeRepairConfig": {"enabled": True},
            "launchTemplate": {"id": made.named("system-nodes-template").id, "version": "1"},
            "labels": {"slipway.dev/pool": "system"},
            "taints": [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
        }
        assert group.ignore_changes == ()
    assert len(made.all("aws:eks/nodeGroup:NodeGroup")) == 2


def test_system_nodes_and_karpenters_run_the_same_release_of_bottlerocket():
    pinned = images()
    assert pinned["bottlerocket-eks"].version.partition("-")[0] == pinned["bottlerocket"].version


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


def test_groups_wait_for_their_policies_and_dependants_for_the_groups(build):
    made = build()
    attached = {a.urn for a in made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    for group in made.all("aws:eks/nodeGroup:NodeGroup"):
        assert attached <= group.dependencies
    assert [r._name for r in build.handle.ready] == ["system-nodes-group-a", "system-nodes-group-b"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nodes_per_zone": 0}, r"greater than or equal to 1"),
        ({"nodes_per_zone": True}, r"valid integer"),
        ({"min_nodes": 3}, r"Extra inputs"),
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


def test_a_shell_is_there_only_where_it_is_asked_for(build, names):
    assert build().all("aws:iam/rolePolicy:RolePolicy") == []
    shell = build(debug="ssm").named("system-nodes-shell")
    assert shell.inputs == {"role": "example-test-system-nodes", "policy": shell_document(names)}
