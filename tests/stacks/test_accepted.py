"""What was accepted in a stack, read as data: the same records that the gate holds against findings."""

from datetime import date

import pytest

from components.observability.accepted import Accepted
from policies.engine.waiver import read_waivers
from stacks.accepted import accepted_in
from stacks.load import SettingsError
from tests.conftest import ROOT

RECORD = """
one:
  rule: a-rule
  resource: aws:s3/bucket:Bucket x
  finding: path
  stacks: [prod-*]
  reason: because it has to be so for a test
  owner: team
  created: 2026-11-23
  expires: 2027-05-20
two:
  rule: b-rule
  chart: keda 2.18.0
  objects: {"Deployment keda/x": [first, second], "Deployment keda/y": [third]}
  stacks: all
  reason: because it has to be so for a test
  owner: team
  created: 2026-11-23
  expires: 2027-05-21
"""


def written(folder, text):
    (folder / "policies").mkdir()
    (folder / "policies" / "waivers.yaml").write_text(text, encoding="utf-8")
    return folder


def test_what_holds_in_the_stack_with_how_many_findings(tmp_path):
    root = written(tmp_path, RECORD)
    two = Accepted(rule="b-rule", owner="team", until=date(2027, 5, 21), findings=3)
    assert accepted_in("dev", root) == (two,)
    assert accepted_in("prod-west", root) == (
        Accepted(rule="a-rule", owner="team", until=date(2027, 5, 20)),
        two,
    )


def test_without_a_file_nothing_is_accepted(tmp_path):
    assert accepted_in("dev", tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one: [", "policies/waivers.yaml cannot be read:"),
        ("one: {rule: a}", "policies/waivers.yaml has 3 problems:\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error(tmp_path, text, said):
    with pytest.raises(SettingsError) as error:
        accepted_in("dev", written(tmp_path, text))
    assert str(error.value).startswith(said)


@pytest.mark.parametrize("stack", ["dev", "staging", "prod", "prod-models", "examples"])
def test_the_gate_reads_the_committed_file_alike(stack):
    waivers = read_waivers(ROOT / "policies" / "waivers.yaml").values()
    held = [one for one in waivers if one.holds_in(stack)]
    found = accepted_in(stack, ROOT)
    assert sorted((one.rule, one.owner, one.expires, len(list(one.parts()))) for one in held) == [
        (one.rule, one.owner, one.until, one.findings) for one in found
    ]
