"""What a preview takes away is told, step by step, and what it keeps is not."""

import pytest

from gate.evaluate.preview_losses import losses

URN = "urn:pulumi:prod::desk::{type}::{name}"


def step(op, type_, name="x", **state):
    urn = URN.format(type=type_, name=name)
    old = {"urn": urn, "type": type_, "custom": True, "inputs": {}, **state}
    return {"op": op, "urn": urn, "oldState": old}


def said(*steps):
    return [(f.level, f.message) for f in losses(steps)]


@pytest.mark.parametrize(
    ("op", "type_", "end"),
    [
        ("delete", "aws:s3/bucketV2:BucketV2", "x is deleted: it loses every object in it"),
        ("delete", "aws:rds/instance:Instance", "x is deleted: it loses the database, but for snapshots"),
        ("replace", "aws:ec2/vpc:Vpc", "x is replaced: it loses the network and everything in it"),
        ("delete-replaced", "aws:dynamodb/table:Table", "x is replaced: it loses every item in it"),
        ("delete", "kubernetes:core/v1:Namespace", "x is deleted: it loses everything in the namespace"),
    ],
)
def test_a_loss_is_mandatory(op, type_, end):
    ((level, message),) = said(step(op, type_))
    assert level == "mandatory"
    assert message.endswith(end)


@pytest.mark.parametrize("op", ["same", "update", "create", "refresh", "read", "import"])
def test_what_is_kept_is_not_told(op):
    assert said(step(op, "aws:s3/bucket:Bucket")) == []


def test_a_deletion_that_loses_nothing_known_is_still_told():
    found = said(step("delete", "aws:sns/topic:Topic"))
    assert found == [("advisory", "aws:sns/topic:Topic x is deleted")]


def test_what_is_retained_is_not_lost():
    found = said(step("delete", "aws:s3/bucket:Bucket", retainOnDelete=True))
    assert [level for level, _ in found] == ["advisory"]


def test_a_replaced_network_takes_along_what_hangs_on_it():
    vpc = URN.format(type="aws:ec2/vpc:Vpc", name="net")
    found = said(
        step("replace", "aws:ec2/vpc:Vpc", "net"),
        step("replace", "aws:ec2/subnet:Subnet", "a", dependencies=[vpc]),
    )
    assert any(message.endswith("everything in it; with it go a") for _, message in found)
