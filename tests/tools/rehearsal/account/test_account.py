"""The account makes, keeps and ends, and refuses as AWS does."""

import json

import pytest

from tests.tools.rehearsal.account.conftest import SITE, TRUST, cluster
from tools.rehearsal.account.account import Account, immutable
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.records import BUCKET, CLUSTER, KEY, NODE_GROUP, ROLE, SUBNET, VPC

INLINE = "aws:iam/rolePolicy:RolePolicy"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def refusal(call, *arguments, **more):
    with pytest.raises(AwsError) as refused:
        call(*arguments, **more)
    return str(refused.value)


def journal(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def nodes(made, least=1, wanted=1, most=3):
    found, role, subnets = made
    return {
        "clusterName": found.id,
        "nodeGroupName": "g",
        "nodeRoleArn": role.outputs["arn"],
        "subnetIds": [subnets[0].id],
        "scalingConfig": {"minSize": least, "desiredSize": wanted, "maxSize": most},
    }


def test_what_is_made_is_there_for_another_process(account, tmp_path):
    made = account.create(ROLE, {"name": "r", "assumeRolePolicy": TRUST})
    assert (made.id, made.computed["arn"]) == ("r", "arn:aws:iam::111122223333:role/r")
    again = Account(tmp_path, SITE).read(ROLE, "r")
    assert again is not None
    assert again.outputs == made.outputs


def test_ids_look_as_aws_makes_them_and_are_the_same_in_another_rehearsal(account, tmp_path):
    first = [account.create(VPC, {"cidrBlock": "10.0.0.0/16"}).id for _ in range(2)]
    (tmp_path / "b").mkdir()
    other = Account(tmp_path / "b", SITE)
    assert [other.create(VPC, {"cidrBlock": "10.0.0.0/16"}).id for _ in range(2)] == first
    assert len(set(first)) == 2
    assert [(one[:5], len(one)) for one in first] == [("vpc-0", 21)] * 2


def test_every_call_is_in_the_journal_also_one_that_was_refused(account, tmp_path):
    account.create(BUCKET, {"bucket": "one"})
    refusal(account.create, BUCKET, {"bucket": "one"})
    account.read(BUCKET, "one")
    account.delete(BUCKET, "one")
    assert journal(tmp_path) == [
        {"call": "create", "type": BUCKET, "name": "one", "id": "one"},
        {
            "call": "create",
            "type": BUCKET,
            "name": "one",
            "refused": "BucketAlreadyOwnedByYou: one already exists",
        },
        {"call": "read", "type": BUCKET, "id": "one"},
        {"call": "delete", "type": BUCKET, "name": "", "id": "one"},
    ]
    assert account.read(BUCKET, "one") is None


def test_what_is_named_has_to_be_there(account):
    said = refusal(account.create, INLINE, {"role": "lost", "name": "p", "policy": "{}"})
    assert said == "NoSuchEntity: role: lost does not exist"
    said = refusal(account.create, SUBNET, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"})
    assert said == "InvalidVpcID.NotFound: vpcId: vpc-1 does not exist"


def test_a_principal_of_a_policy_has_to_be_there(account):
    policy = json.dumps({"Statement": [{"Principal": {"AWS": "arn:aws:iam::111122223333:role/lost"}}]})
    assert refusal(account.create, KEY, {"policy": policy}) == (
        "MalformedPolicyDocument: policy: invalid principal in policy: arn:aws:iam::111122223333:role/lost"
    )


def test_a_name_over_the_length_is_refused(account):
    long = "r" * 65
    assert refusal(account.create, ROLE, {"name": long, "assumeRolePolicy": TRUST}) == (
        f"ValidationError: name ({long}) has 65 characters; at most 64 are allowed"
    )
    assert account.create(ROLE, {"name": "r" * 64, "assumeRolePolicy": TRUST}).id == "r" * 64


def test_a_policy_is_counted_without_white_space(account):
    account.create(ROLE, {"name": "r", "assumeRolePolicy": TRUST})
    fits = json.dumps({"Statement": [], "Id": "x" * 10216}) + " " * 9000
    account.create(INLINE, {"role": "r", "name": "p", "policy": fits})
    said = refusal(
        account.create,
        INLINE,
        {"role": "r", "name": "q", "policy": json.dumps({"Statement": [], "Id": "x" * 11000})},
    )
    assert said == "LimitExceeded: policy has 11024 characters; at most 10240 are allowed"


def test_subnets_stand_inside_their_network_and_beside_each_other(account, subnets):
    network = subnets[0].settings["vpcId"]

    def asked(block):
        settings = {"vpcId": network, "cidrBlock": block, "availabilityZone": "eu-central-1a"}
        return refusal(account.create, SUBNET, settings)

    assert asked("10.1.0.0/24") == f"InvalidSubnet.Range: 10.1.0.0/24 is not inside 10.0.0.0/16 of {network}"
    assert asked("10.0.2.128/25") == (
        f"InvalidSubnet.Conflict: 10.0.2.128/25 conflicts with another subnet, {subnets[2].id}"
    )
    assert asked("10.0.9.0/29") == "InvalidSubnet.Range: 10.0.9.0/29: should be between /16 and /28"


def test_a_cluster_stands_in_two_zones_and_never_gets_another(account, made):
    found, role, subnets = made
    other = cluster(role, subnets[:1], name="d")
    assert refusal(account.create, CLUSTER, other) == (
        "InvalidParameterException: Subnets specified must be in at least two different AZs"
    )
    said = refusal(account.update, CLUSTER, found.id, cluster(role, subnets))
    assert said.startswith(
        "InvalidParameterException: vpcConfig.subnetIds: Provided subnets belong to the AZs eu-central-1a, "
        "eu-central-1b, eu-central-1c. But they should belong to the exact set of AZs eu-central-1a, eu-central-1b"
    )


def test_kubernetes_moves_one_minor_version_at_a_time(account, made):
    found, role, subnets = made
    said = refusal(account.update, CLUSTER, found.id, cluster(role, subnets[:2], version="1.36"))
    assert said == "InvalidParameterException: Unsupported Kubernetes minor version update from 1.34 to 1.36"
    account.update(CLUSTER, found.id, cluster(role, subnets[:2], version="1.35"))
    assert found.settings["version"] == "1.35"


def test_a_minimum_above_the_desired_size_is_refused_at_birth_and_later(account, made):
    said = "InvalidParameterException: Minimum capacity 2 can't be greater than desired size 1"
    assert refusal(account.create, NODE_GROUP, nodes(made, least=2)) == said
    group = account.create(NODE_GROUP, nodes(made))
    assert refusal(account.update, NODE_GROUP, group.id, nodes(made, least=2)) == said
    account.update(NODE_GROUP, group.id, nodes(made, least=2, wanted=2))


@pytest.mark.parametrize("type_", [CLUSTER, NODE_GROUP, ROLE, SUBNET, "aws:eks/accessEntry:AccessEntry"])
def test_every_kind_of_thing_has_something_that_cannot_change(type_):
    assert immutable(type_)


def test_what_cannot_change_is_refused_where_nobody_replaces_it(account, made):
    found, _, subnets = made
    other = account.create(ROLE, {"name": "other", "assumeRolePolicy": TRUST})
    said = refusal(account.update, CLUSTER, found.id, cluster(other, subnets[:2]))
    assert said == (
        "InvalidParameterException: roleArn: no call changes it, and it should become "
        "'arn:aws:iam::111122223333:role/other' (it is 'arn:aws:iam::111122223333:role/r'); "
        "only a new Cluster has another"
    )
    assert found.settings["roleArn"] == "arn:aws:iam::111122223333:role/r"


def test_nothing_goes_while_it_is_used(account, made):
    found, role, subnets = made
    group = account.create(NODE_GROUP, nodes(made))
    assert refusal(account.delete, CLUSTER, found.id) == (
        f"ResourceInUseException: c is used: {NODE_GROUP} {group.id}, clusterName"
    )
    assert refusal(account.delete, VPC, subnets[0].settings["vpcId"]).startswith("DependencyViolation: vpc-0")
    account.create(INLINE, {"role": role.id, "name": "p", "policy": "{}"})
    assert refusal(account.delete, ROLE, role.id) == (f"DeleteConflict: r is used: {INLINE} r:p, role")
    account.delete(INLINE, "r:p")
    account.delete(ROLE, role.id)


def test_a_protected_cluster_stays(account, made):
    _, role, subnets = made
    account.create(CLUSTER, cluster(role, subnets, name="kept", deletionProtection=True))
    assert (
        refusal(account.delete, CLUSTER, "kept")
        == "InvalidRequestException: kept: deletion protection is enabled"
    )


def test_a_trail_needs_a_bucket_that_lets_it_in(account):
    account.create(BUCKET, {"bucket": "logs"})
    trail = {"name": "t", "s3BucketName": "logs"}
    assert refusal(account.create, TRAIL, trail) == (
        "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: logs"
    )
    allowed = json.dumps({"Statement": [{"Principal": {"Service": "cloudtrail.amazonaws.com"}}]})
    account.create(BUCKET_POLICY, {"bucket": "logs", "policy": allowed})
    assert account.create(TRAIL, trail).id == "arn:aws:cloudtrail:eu-central-1:111122223333:trail/t"


def test_a_key_of_a_log_group_lets_the_logs_use_it(account):
    key = account.create(KEY, {"policy": json.dumps({"Statement": []})})
    said = refusal(account.create, LOGS, {"name": "g", "kmsKeyId": key.outputs["arn"]})
    assert said.startswith("AccessDeniedException: The specified KMS key does not exist or is not allowed")


def test_a_hand_changes_nothing_but_what_it_touches(account, tmp_path):
    account.create(BUCKET, {"bucket": "one", "forceDestroy": False})
    account.change_by_hand(BUCKET, "one", forceDestroy=True)
    found = Account(tmp_path, SITE).read(BUCKET, "one")
    assert found is not None
    assert found.settings == {"bucket": "one", "forceDestroy": True}
