import pytest

from bootstrap.settings import derived, load_bootstrap, read_settings
from gate.core.checkout import ROOT
from stacks.load import SettingsError, read_stack

FILES = ROOT / "stacks"


def raw(**changed):
    return {**read_settings("account"), **changed}


def refused(**changed) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load_bootstrap("account", raw(**changed), FILES)
    return [line.removeprefix("stacks/Pulumi.account.yaml: ") for line in error.value.lines]


def test_a_stack_without_an_upstream_has_the_platforms_role():
    found = load_bootstrap("account", raw(), FILES)
    named = {n: found.role("deploy", s) for n, s in found.stacks.items()}
    assert named == {
        "dev": "deploy",
        "prod": "deploy",
        "prod-models": "models-deploy",
        "staging": "deploy",
        "staging-models": "models-deploy",
    }
    assert [s.name for s in found.above(read_stack("prod-models"))] == ["prod"]
    assert sorted(found.platforms) == ["example-dev", "example-prod", "example-staging"]


def test_unknown_keys_and_stacks_are_refused_at_once():
    assert refused(github={"repository": "example/slipway", "branch": "main"}) == [
        "github.branch: unknown key; allowed are repository (got 'main')"
    ]
    assert refused(stacks=["dev", "prd"]) == [
        "stacks: prd: no such stack; there are dev, prod, prod-models, staging, staging-models"
    ]
    assert refused(github={"repository": "example"})[0].startswith("github.repository: ")


def test_a_stack_of_another_account_is_refused():
    other = {**raw()["platform"], "account": "444455556666"}
    assert refused(platform=other, stacks=["dev"]) == [
        "stacks: dev stands in account '111122223333', this bootstrap in '444455556666'"
    ]


def test_a_role_without_permissions_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"slipway permissions deploy dev --write"):
        derived("dev", "deploy", tmp_path)


def test_a_file_without_settings_is_refused(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.account.yaml").write_text("config: {}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"config.slipway-bootstrap:settings: expected a mapping"):
        read_settings("account", tmp_path)
