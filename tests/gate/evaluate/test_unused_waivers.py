from datetime import date
from pathlib import Path

import pytest

from gate.evaluate.preview import Options, Previewed
from gate.evaluate.unused_waivers import unused_waivers

WAIVER = """
{name}:
  rule: {rule}
  resource: aws:kms/key:Key cluster-key
  finding: something
  stacks: [dev, prod]
  reason: It is known and accepted for now.
  owner: ml-platform
  created: 2026-11-23
  expires: 2027-05-20
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    text = WAIVER.format(name="ours", rule="kms-keys-rotate") + WAIVER.format(
        name="theirs", rule="checkov:CKV_AWS_7"
    )
    (tmp_path / "policies" / "waivers.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "stacks").mkdir()
    for stack in ("dev", "prod"):
        (tmp_path / "stacks" / f"Pulumi.{stack}.yaml").touch()
    return tmp_path


def _unused(root: Path, previews: list[Previewed], *, with_checkov: bool) -> list[str]:
    options = Options(today=date(2026, 11, 23), root=root, organisation=root, with_checkov=with_checkov)
    return unused_waivers(previews, options)


BOTH = [Previewed(stack="dev"), Previewed(stack="prod")]


def test_a_waiver_that_excused_nothing_is_named(root):
    used = [Previewed(stack="dev", used_waivers=frozenset({"ours"})), Previewed(stack="prod")]

    assert _unused(root, used, with_checkov=True) == [
        "waiver theirs of ml-platform excuses nothing in dev, prod: remove it"
    ]


def test_checkovs_waivers_are_not_unused_when_checkov_was_not_asked(root):
    assert _unused(root, BOTH, with_checkov=False) == [
        "waiver ours of ml-platform excuses nothing in dev, prod: remove it"
    ]


def test_a_waiver_may_be_used_in_a_stack_that_was_not_previewed(root):
    assert _unused(root, BOTH[:1], with_checkov=True) == []


def test_only_stacks_of_this_organisation_count(root):
    """A waiver may name stacks of several organisations: ours and the examples'."""
    (root / "stacks" / "Pulumi.prod.yaml").unlink()
    assert _unused(root, [Previewed(stack="dev")], with_checkov=False) == [
        "waiver ours of ml-platform excuses nothing in dev, prod: remove it"
    ]
    (root / "stacks" / "Pulumi.dev.yaml").unlink()
    assert _unused(root, [Previewed(stack="other")], with_checkov=False) == []
