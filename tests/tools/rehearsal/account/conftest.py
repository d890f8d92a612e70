import json

import pytest

from tools.rehearsal.account.account import Account
from tools.rehearsal.account.records import CLUSTER, ROLE, SUBNET, VPC
from tools.rehearsal.account.site import Site

SITE = Site(
    account="111122223333", region="eu-central-1", endpoint="https://127.0.0.1:6443", authority="QQ=="
)
TRUST = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "eks.amazonaws.com"},
            }
        ]
    }
)


@pytest.fixture
def account(tmp_path):
    return Account(tmp_path, SITE)


@pytest.fixture
def subnets(account):
    """One in each of three zones of one network."""
    network = account.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    return [
        account.create(
            SUBNET,
            {
                "vpcId": network.id,
                "cidrBlock": f"10.0.{index}.0/24",
                "availabilityZone": f"eu-central-1{zone}",
            },
        )
        for index, zone in enumerate("abc")
    ]


def cluster(role, subnets, **more):
    return {
        "name": "c",
        "roleArn": role.outputs["arn"],
        "version": "1.34",
        "vpcConfig": {"subnetIds": [s.id for s in subnets]},
        **more,
    }


@pytest.fixture
def made(account, subnets):
    """A cluster in zones a and b, its role, and the subnets."""
    role = account.create(ROLE, {"name": "r", "assumeRolePolicy": TRUST})
    return account.create(CLUSTER, cluster(role, subnets[:2])), role, subnets
