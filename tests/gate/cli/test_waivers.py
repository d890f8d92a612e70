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


def report(**finding):
    urn = "urn:pulumi:dev::slipway::aws:kms/key:Key::k"
    release = "urn:pulumi:dev::slipway::kubernetes:helm.sh/v3:Release::mesh"
    told = {"rule": "kms-keys-rotate", "urn": urn, "message": "is off", "object": "", "waiver": ""} | finding
    return json.dumps({
        "format": 1,
        "subject": "stack dev",
        "findings": [told],
        "resources": [
            {"urn": urn, "type": "aws:kms/key:Key", "name": "k", "parent": "", "inputs": {}},
            {
                "urn": release, "type": "kubernetes:helm.sh/v3:Release", "name": "mesh", "parent": "",
                "inputs": {"chart": "cni", "version": "1.30.3"},
            },
            {
                "urn": "pod", "type": "kubernetes:apps/v1:DaemonSet", "name": "mesh/istio-system/cni",
                "parent": release, "inputs": {"kind": "DaemonSet"},
            },
        ],
    })  # fmt: skip


@pytest.fixture
def waive(tmp_path, monkeypatch):
    path = tmp_path / "waivers.yaml"
    path.write_text("# Accepted.\n", encoding="utf-8")
    monkeypatch.setattr(command_waivers, "FILE", path)

    def run(text, *words):
        (tmp_path / "report.json").write_text(text, encoding="utf-8")
        said = CliRunner().invoke(
            app,
            ["waive", str(tmp_path / "report.json"), "--owner", "ml", "--today", "2026-11-23",
             "--reason", "because of a reason that is long", *words],
        )  # fmt: skip
        return said, path.read_text(encoding="utf-8")

    return run


def test_a_draft_names_what_was_found_and_where(waive):
    said, file = waive(report(), "--rule", "kms-*", "--days", "30")
    assert said.stdout == (
        "kms-keys-rotate-k:\n  rule: kms-keys-rotate\n  resource: aws:kms/key:Key k\n  finding: is off\n"
        "  stacks:\n  - dev\n  reason: because of a reason that is long\n  owner: ml\n"
        "  created: 2026-11-23\n  expires: 2026-12-23\n"
    )
    assert file == "# Accepted.\n"


def test_what_a_chart_installs_is_accepted_by_its_version(waive):
    said, file = waive(report(urn="pod", message="x is y"), "--rule", "*", "--stack", "all", "--write")
    assert said.exit_code == 0
    assert file.startswith(
        "# Accepted.\nkms-keys-rotate-cni:\n  rule: kms-keys-rotate\n  chart: cni 1.30.3\n  objects:\n"
        "    DaemonSet istio-system/cni:\n    - x is y\n  stacks: all\n"
    )


def test_names_never_meet(waive):
    waive(report(), "--rule", "*", "--write")
    said, file = waive(report(message="is away"), "--rule", "*", "--write")
    assert said.stdout == "added 1 waivers to policies/waivers.yaml: read them before the commit\n"
    assert [line for line in file.splitlines() if line.endswith(":") and line[0] != " "] == [
        "kms-keys-rotate-k:", "kms-keys-rotate-k-2:",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (report(), ["--rule", "s3-*"], "no open finding of the report matches\n  rules: s3-*"),
        (report(waiver="ours"), ["--rule", "*"], "no open finding of the report matches\n  rules: *"),
        (
            report(),
            ["--rule", "*", "--resource", "other"],
            "no open finding of the report matches\n  rules: *",
        ),
        ("{", ["--rule", "*"], "the report is no JSON: Expecting property name"),
        ('{"format": 9}', ["--rule", "*"], "this is no report.json of a preview or of judge (format 1)"),
        (report(), ["--rule", "*", "--owner", "m"], "a waiver like this would be refused:\n"),
    ],
)
def test_what_cannot_be_drafted_changes_nothing(waive, text, words, said):
    done, file = waive(text, *words)
    assert str(done.exception).startswith(said)
    assert file == "# Accepted.\n"
