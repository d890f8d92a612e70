"""A key and its alias, whose names in Pulumi stay as they were."""

from typing import ClassVar

import pytest

from components.foundation.base import PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.lifecycle import DURABLE, Lifecycle

_KEY, _ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"


class _Store(PlatformComponent):
    TYPE: ClassVar[str] = "slipway:test:Store"


def _key(lifecycle=DURABLE, alias_name=None):
    return encryption_key(
        _Store("store"),
        "store-key",
        description="What is kept",
        policy="{}",
        alias="alias/example-test-store",
        lifecycle=lifecycle,
        alias_name=alias_name,
    )


@pytest.mark.parametrize(
    ("lifecycle", "days", "kept"), [(DURABLE, 30, True), (Lifecycle(disposable=True), 7, False)]
)
def test_a_key_is_replaced_every_year_and_goes_as_hard_as_its_platform(deploy, lifecycle, days, kept):
    key = deploy(lambda: _key(lifecycle)).only(_KEY)

    assert {name: value for name, value in key.inputs.items() if name != "tagsAll"} == {
        "description": "What is kept",
        "enableKeyRotation": True,
        "deletionWindowInDays": days,
        "policy": "{}",
        "tags": {"Name": "store-key", "component": "Store"},
    }
    assert key.protect is kept


@pytest.mark.parametrize(("given", "expected"), [(None, "store-key-alias"), ("store-key", "store-key")])
def test_the_alias_is_the_key_s_child_of_the_same_component(deploy, given, expected):
    made = deploy(lambda: _key(alias_name=given))

    assert made.only(_ALIAS).urn.endswith(f"slipway:test:Store${_ALIAS}::{expected}")
    assert made.only(_ALIAS).inputs["name"] == "alias/example-test-store"
    assert made.only(_KEY).urn in made.only(_ALIAS).dependencies
