"""What ``pulumi config set --path`` writes into a stack file, and what is said of it."""

import pytest

from facts.yaml_edit import changed
from stacks.load import FOLDER, SettingsError, read_stack
from tests.gate.cli.organisation import organisation

PLATFORM = ("config", "slipway:settings", "platform")


@pytest.fixture
def mine(tmp_path):
    return organisation(tmp_path)


def set_(mine, path, value):
    """As the command line does: a number is stored as a number unless --type string says otherwise."""
    file = mine / "stacks/Pulumi.staging.yaml"
    file.write_text(changed(file.read_text(), path, value))
    return read_stack("staging", mine / "stacks")


def test_text_is_taken(mine):
    assert set_(mine, (*PLATFORM, "owner"), "models").settings.platform.owner == "models"


def test_an_account_that_became_a_number_is_told_what_to_do(mine):
    file = mine / "stacks/Pulumi.staging.yaml"
    file.write_text(file.read_text().replace('account: "111122223333"', "account: 111122223333"))
    with pytest.raises(SettingsError) as refused:
        read_stack("staging", mine / "stacks")
    assert refused.value.lines == [
        "stacks/Pulumi.staging.yaml: platform.account: should be text: put it in quotes (got 111122223333)"
    ]


def test_an_environment_of_pulumis_own_is_refused(mine):
    file = mine / "stacks/Pulumi.staging.yaml"
    file.write_text("environment: [shared]\n" + file.read_text())
    with pytest.raises(SettingsError) as refused:
        read_stack("staging", mine / "stacks")
    adds = "what it adds to the configuration or the environment is judged by nobody"
    assert refused.value.lines == [f"stacks/Pulumi.staging.yaml: environment: unknown key; {adds}"]


def test_the_page_says_how():
    page = (FOLDER.parent / "docs/stacks.md").read_text(encoding="utf-8")
    assert "pulumi config set --path slipway:settings.platform.account 444455556666 --type string" in page
