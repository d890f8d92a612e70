"""Policies of workers at preview: what a worker would refuse to start with is refused before."""

import shutil

import pytest

from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.action_policies import FOLDER, check_action_policies


def test_the_committed_policies_are_in_order():
    assert (ROOT / FOLDER).is_dir()
    check_action_policies(ROOT)


def test_a_checkout_without_loops_has_none_to_check(tmp_path):
    check_action_policies(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("rollout.cedar", "context.held &&", "context.hold &&", "rollout.cedar:3: a-good-step-leads-to-the-next:"),
        ("agents.cedar", 'action == Action::"use-tool"', 'action == Action::"use-tol"', "agents.cedar:5: "),
        ("approval.cedar", "forbid (", "forbit (", "approval.cedar:3: "),
        ("drift.cedar", '@id("drift-asks-before-traffic-moves")\n', "", "drift.cedar:3: has no @id"),
        ("schema.cedarschema", "by_author: Bool", "by_author: Boole", "schema.cedarschema: "),
    ],
)  # fmt: skip
def test_a_typo_is_named_with_its_file_and_line(tmp_path, file, old, new, said):
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    path = tmp_path / FOLDER / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GateError) as error:
        check_action_policies(tmp_path)
    assert error.value.headline.startswith("policies/actions has ")
    assert any(line.startswith(f"policies/actions/{said}") for line in error.value.problems)


def test_a_folder_without_policies_is_no_pass(tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    with pytest.raises(GateError, match="cannot be read"):
        check_action_policies(tmp_path)
