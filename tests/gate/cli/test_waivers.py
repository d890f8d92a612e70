"""``slipway waivers``: by their end."""

import io
import json
from datetime import date

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gate.cli import waivers as command_waivers
from gate.cli.app import app
from gate.core.errors import GateError

TODAY = date(2026, 11, 23)
RECORD = """\
{name}:
  rule: kms-keys-rotate
  resource: aws:kms/key:Key {name}|x
  finding: is off
  stacks: [dev]
  reason: because of a reason that is long
  owner: ml
  created: 2026-11-01
  expires: {expires}
"""
ENDS = {"late": "2027-03-01", "over": "2026-11-22", "last-day": "2026-11-23", "soon": "2026-12-07"}


@pytest.fixture
def said(tmp_path, monkeypatch):
    path = tmp_path / "waivers.yaml"
    path.write_text("".join(RECORD.format(name=n, expires=e) for n, e in ENDS.items()), encoding="utf-8")
    monkeypatch.setattr(command_waivers, "FILE", path)

    def run(form="text"):
        out = io.StringIO()
        command_waivers.run(TODAY, form, Console(file=out, width=160))
        return out.getvalue()

    return run


def test_the_next_to_end_comes_first(said):
    assert [line.rstrip() for line in said().splitlines()] == [
        "ends        left     waiver    owner  rule             resource",
        "2026-11-22  expired  over      ml     kms-keys-rotate  aws:kms/key:Key over|x",
        "2026-11-23  0 days   last-day  ml     kms-keys-rotate  aws:kms/key:Key last-day|x",
        "2026-12-07  14 days  soon      ml     kms-keys-rotate  aws:kms/key:Key soon|x",
        "2027-03-01  98 days  late      ml     kms-keys-rotate  aws:kms/key:Key late|x",
    ]


def test_a_program_reads_the_whole_record(said):
    assert json.loads(said("json"))[0] | {"reason": ""} == {
        "name": "over", "days": -1, "rule": "kms-keys-rotate",
        "resource": "aws:kms/key:Key over|x", "finding": "is off",
        "stacks": ["dev"], "reason": "", "owner": "ml", "created": "2026-11-01", "expires": "2026-11-22",
    }  # fmt: skip


def test_markdown_is_a_table_or_nothing(said, tmp_path):
    assert said("markdown").splitlines()[2] == (
        "| 2026-11-22 | expired | over | ml | kms-keys-rotate | aws:kms/key:Key over\\|x |"
    )
    (tmp_path / "waivers.yaml").write_text("", encoding="utf-8")
    assert said("markdown") == ""
    assert said() == "no waivers\n"


def test_a_wrong_file_and_a_wrong_format_are_refused(said, tmp_path):
    (tmp_path / "waivers.yaml").write_text("a: 1", encoding="utf-8")
    with pytest.raises(GateError, match=r"waivers.yaml has 1 problems"):
        said()
    refused = CliRunner().invoke(app, ["waivers", "--format", "xml"])
    assert str(refused.exception) == "--format: should be text, json, markdown (got 'xml')"
