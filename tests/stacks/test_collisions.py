"""Platforms that would want the same names of IAM."""

import pulumi
import pytest

from stacks.collisions import taken_in_another_region
from stacks.platform import PlatformSettings

MINE = {
    "organisation": "example", "environment": "prod", "account": "111122223333", "region": "eu-west-1",
    "owner": "ml", "cost_center": "ml",
}  # fmt: skip


def said(**change):
    platform = PlatformSettings.model_validate(MINE)
    return list(taken_in_another_region(platform, ["other"], lambda _: {"platform": {**MINE, **change}}))


def test_the_same_names_in_another_region_of_the_account_are_told():
    assert said(region="us-east-1") == [
        (
            "platform.environment: stack other has roles named example-prod-... in us-east-1 already, and an account "
            "has each name of IAM once; choose another environment, such as prod1 (got 'prod')"
        )
    ]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"region": "us-east-1", "environment": "other"},
        {"region": "us-east-1", "account": "444455556666"},
        {"region": "us-east-1", "organisation": "another"},
    ],
)
def test_stacks_of_one_platform_and_platforms_of_other_names_are_not(change):
    assert said(**change) == []


def test_a_file_that_cannot_be_read_is_left_to_its_own_preview():
    def broken(_name):
        raise pulumi.RunError("no YAML")

    assert list(taken_in_another_region(PlatformSettings.model_validate(MINE), ["other"], broken)) == []
