import pytest

from gate.deploy.documents import documents
from gate.deploy.needs import READ, WRITE, Deployed, Need, needs
from policies.engine.graph import Graph, Resource

HERE = Deployed(
    stack="test",
    account="111122223333",
    region="eu-central-1",
    cluster="example-test",
    boundary="arn:aws:iam::111122223333:policy/example-test-boundary",
)
OWN = ("StringEquals", "aws:ResourceTag/stack", ("test",))
MADE = ("StringEquals", "aws:RequestTag/stack", ("test",))
EC2 = "arn:aws:ec2:eu-central-1:111122223333"


def resource(type_: str, **inputs: object) -> Resource:
    return Resource(urn=f"urn:{type_}::it", type=type_, name="it", inputs=inputs)


def needed(type_: str, verbs=WRITE, **inputs: object) -> dict[str, list[tuple[str, tuple[object, ...]]]]:
    found, problems = needs(Graph([resource(type_, **inputs)]), HERE, verbs)
    assert problems == []
    by_action: dict[str, list[tuple[str, tuple[object, ...]]]] = {}
    for need in found:
        by_action.setdefault(need.action, []).append((need.resource, need.conditions))
    return by_action


def test_what_has_a_name_of_ours_is_named():
    queue = "arn:aws:sqs:eu-central-1:111122223333:example-test-karpenter"
    found = needed("aws:sqs/queue:Queue", name="example-test-karpenter")
    assert found["sqs:CreateQueue"] == [(queue, ())]
    assert {where for places in found.values() for where, _ in places} == {queue}


def test_what_has_an_id_of_awss_is_told_by_its_tag():
    found = needed("aws:ec2/subnet:Subnet", vpcId="vpc-1")
    assert found["ec2:CreateSubnet"] == [(f"{EC2}:subnet/*", (MADE,)), (f"{EC2}:vpc/*", (OWN,))]
    assert found["ec2:DeleteSubnet"] == [(f"{EC2}:subnet/*", (OWN,))]
    created = ("StringEquals", "ec2:CreateAction", ("CreateSubnet",))
    assert found["ec2:CreateTags"] == [(f"{EC2}:subnet/*", (OWN,)), (f"{EC2}:subnet/*", (created,))]


def test_a_role_is_made_and_given_permissions_only_within_the_boundary():
    bound = ("StringEquals", "iam:PermissionsBoundary", (HERE.boundary,))
    role = "arn:aws:iam::111122223333:role/example-test-cluster"
    found = needed("aws:iam/role:Role", name="example-test-cluster")
    assert found["iam:CreateRole"] == [(role, (bound,))]
    assert found["iam:PutRolePermissionsBoundary"] == [(role, (bound,))]
    assert found["iam:DeleteRole"] == [(role, ())]
    assert "iam:DeleteRolePermissionsBoundary" not in found
    inline = needed("aws:iam/rolePolicy:RolePolicy", role="example-test-cluster")
    assert inline["iam:PutRolePolicy"] == [(role, (bound,))]


def test_only_the_policies_that_a_stack_attaches_may_be_attached():
    policy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    found = needed("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role="r", policyArn=policy)
    assert found["iam:AttachRolePolicy"][0][1][-1] == ("ArnEquals", "iam:PolicyARN", (policy,))


def test_a_role_is_passed_to_the_service_it_is_for():
    role = "arn:aws:iam::111122223333:role/example-test-cluster"
    found = needed("aws:eks/cluster:Cluster", name="example-test", roleArn=role)
    assert found["iam:PassRole"] == [
        (role, (("StringEquals", "iam:PassedToService", ("eks.amazonaws.com",)),))
    ]


def test_a_key_that_nobody_tagged_yet_may_be_tagged_and_no_other():
    found = needed("aws:kms/key:Key")
    keys = "arn:aws:kms:eu-central-1:111122223333:key/*"
    assert found["kms:TagResource"] == [
        (keys, (("Null", "aws:ResourceTag/stack", ("true",)), MADE)),
        (keys, (OWN,)),
    ]
    assert found["kms:PutKeyPolicy"] == [(keys, (OWN,))]


def test_the_untagged_group_of_a_new_network_is_emptied_and_tagged_as_ours_and_no_more():
    found = needed("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId="vpc-1")
    groups = f"{EC2}:security-group/*"
    untagged = ("Null", "aws:ResourceTag/stack", ("true",))
    taken = {
        action: conditions
        for action, places in found.items()
        for where, conditions in places
        if where == groups and untagged in conditions
    }
    assert taken == {
        "ec2:CreateTags": (untagged, MADE),
        "ec2:RevokeSecurityGroupEgress": (untagged,),
        "ec2:RevokeSecurityGroupIngress": (untagged,),
    }


def test_what_a_property_asks_for_besides():
    assert "s3:DeleteObject" not in needed("aws:s3/bucket:Bucket", bucket="b", forceDestroy=False)
    assert "s3:DeleteObject" in needed("aws:s3/bucket:Bucket", bucket="b", forceDestroy=True)


def test_a_preview_only_reads():
    found = needed("aws:s3/bucket:Bucket", READ, bucket="b", forceDestroy=True)
    assert {action.partition(":")[2][:3] for action in found} == {"Get", "Lis"}


def test_the_last_part_of_a_url_is_a_name():
    url = "https://sqs.eu-central-1.amazonaws.com/111122223333/example-test-karpenter"
    found = needed("aws:sqs/queuePolicy:QueuePolicy", queueUrl=url)
    assert list(found) == ["sqs:GetQueueAttributes", "sqs:SetQueueAttributes"]
    assert found["sqs:SetQueueAttributes"][0][0].endswith(":example-test-karpenter")


@pytest.mark.parametrize(
    ("type_", "inputs", "said"),
    [
        (
            "aws:swf/domain:Domain",
            {},
            "aws:swf/domain:Domain: has no row in facts/deploy_actions.yaml",
        ),
        (
            "aws:sqs/queue:Queue",
            {},
            "aws:sqs/queue:Queue it: name is not known, and its ARN is made of it (got None)",
        ),
        (
            "aws:eks/cluster:Cluster",
            {"name": "c", "roleArn": 3},
            "aws:eks/cluster:Cluster it: roleArn is not known, and the role it names has to be passed",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_said(type_, inputs, said):
    assert (
        needs(Graph([resource(type_, **inputs)]), HERE) == ([], [said])
        or said in needs(Graph([resource(type_, **inputs)]), HERE)[1]
    )


def test_documents_join_what_is_alike_and_stay_below_the_limit():
    many = [Need(f"s3:Get{'X' * 20}{i:03}", f"arn:aws:s3:::bucket-{i:03}") for i in range(90)]
    queues = [f"arn:aws:sqs:eu-central-1:111122223333:{name}" for name in "ab"]
    found = documents([*many, *(Need(f"sqs:{action}", queue) for action in "AB" for queue in queues)])
    assert len(found) == 2
    last = found[-1]["Statement"][-1]
    assert (last["Action"], last["Resource"]) == (["sqs:A", "sqs:B"], queues)
    sids = [s["Sid"] for policy in found for s in policy["Statement"]]
    assert len(set(sids)) == len(sids) == 91


@pytest.mark.parametrize(
    ("resource_", "sid"),
    {
        "*": "Unscoped1",
        "arn:aws:ec2:eu-central-1:111122223333:security-group/*": "Ec2SecurityGroup1",
        "arn:aws:rds:eu-central-1:111122223333:cluster:example-dev-temporal": "RdsCluster1",
        "arn:aws:iam::111122223333:role/example-dev-cluster": "IamRole1",
        "arn:aws:s3:::example-dev-models/*": "S31",
        "arn:aws:sqs:eu-central-1:111122223333:example-dev-interruption": "Sqs1",
    }.items(),
)
def test_a_statement_is_called_by_the_kind_of_its_first_resource(resource_, sid):
    [document] = documents([Need("a:B", resource_)])
    assert [statement["Sid"] for statement in document["Statement"]] == [sid]


def test_more_documents_than_a_role_may_have_are_refused():
    many = [Need(f"s3:Get{'X' * 100}{i:04}", f"arn:aws:s3:::{'b' * 60}{i:04}") for i in range(250)]
    with pytest.raises(ValueError, match=r"takes 1\d managed policies; a role may have 10"):
        documents(many)
