"""Inputs are held to what the installed package can write."""

import pytest

from tests.captured import captured
from tools.rehearsal.account.shapes import shape

GROUP = "aws:eks/nodeGroup:NodeGroup"
INSIDE = frozenset({"tagsAll"})


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_input_of_the_stacks_has_its_kind(stack):
    problems = [
        f"{resource.label}: {problem}"
        for resource in captured(stack).graph
        if resource.type.startswith("aws:")
        for problem in shape(resource.type).problems(resource.inputs, ignored=INSIDE)
    ]
    assert problems == []


def test_what_is_wrong_is_named_with_its_place():
    problems = shape(GROUP).problems(
        {
            "clusterName": 3.0,
            "nodeRoleArn": "arn:aws:iam::111122223333:role/r",
            "scalingConfig": {"minSize": "two", "maxSize": 3.0, "wanted": 1.0},
            "subnetIds": "subnet-1",
            "zones": ["a"],
        }
    )
    assert problems == [
        "clusterName: should be a string (got 3.0)",
        "scalingConfig.desiredSize: is required",
        "scalingConfig.minSize: should be a whole number (got 'two')",
        "scalingConfig.wanted: there is no such property",
        "subnetIds: should be a list (got 'subnet-1')",
        "zones: there is no such property",
    ]


def test_what_is_required_and_left_out_is_named():
    assert shape("aws:ec2/subnet:Subnet").problems({}) == ["vpcId: is required"]


def test_a_type_that_the_package_lacks_is_named():
    with pytest.raises(LookupError) as lost:
        shape("aws:ec2/vpc:Lost")
    assert lost.value.args == ("aws:ec2/vpc:Lost: the installed pulumi_aws has no such type",)
