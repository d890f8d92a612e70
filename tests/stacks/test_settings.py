"""Which section needs which; and that no section is forgotten."""

import pytest

from stacks.load import read_stack
from stacks.platform import PlatformSettings
from stacks.settings import NEEDS, StackSettings, missing_sections

PLATFORM = {
    "organisation": "example", "environment": "test", "account": "111122223333", "region": "eu-central-1",
    "owner": "ml", "cost_center": "ml",
}  # fmt: skip
DEV = read_stack("dev").settings


def test_every_section_that_needs_or_is_needed_exists():
    known = set(StackSettings.model_fields)
    assert {*NEEDS, *(needed for all_ in NEEDS.values() for needed in all_)} <= known


@pytest.mark.parametrize(("section", "needed"), [(s, n) for s, all_ in NEEDS.items() for n in all_])
def test_a_section_without_what_it_needs_is_named(section, needed):
    assert DEV.holds(section), "dev holds every section, so that this test sees each"
    said = list(missing_sections(DEV, lambda name: name != needed))
    assert f"{section}: needs {needed}; add that section here or name an upstream that holds it" in said


def test_a_stack_that_holds_nothing_needs_nothing():
    settings = StackSettings.model_validate({"platform": PLATFORM})
    assert settings.sections() == []
    assert list(missing_sections(settings, lambda _: False)) == []


def test_sections_stand_in_the_order_of_the_program():
    settings = StackSettings.model_validate({"mesh": {}, "network": {}, "platform": PLATFORM, "identity": {}})
    assert settings.sections() == ["identity", "network", "mesh"]


def test_an_empty_mapping_is_no_section():
    settings = StackSettings.model_validate({"platform": PLATFORM, "models": {}, "gpu_pools": {}})
    assert settings.holds("models") is False
    assert settings.holds("gpu_pools") is False


def test_the_platform_names_and_tags_what_stands_on_it():
    platform = PlatformSettings.model_validate(PLATFORM)
    assert platform.names.platform == "example-test"
    tags = {"owner": "ml", "environment": "test", "stack": "dev", "cost-center": "ml"}
    assert platform.tags("dev") == tags
    trial = PlatformSettings.model_validate({**PLATFORM, "lifecycle": "disposable"})
    assert trial.tags("dev") == {**tags, "lifecycle": "disposable"}
