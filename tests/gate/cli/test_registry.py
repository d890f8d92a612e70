"""``slipway registry``: what is written, what is printed, and what is refused."""

import json

from typer.testing import CliRunner

from gate.cli.app import app


def run(*words):
    return CliRunner().invoke(app, ["registry", *words])


def test_build_says_what_it_wrote(tmp_path):
    said = run("build", "--today", "2026-11-29", "--folder", str(tmp_path))
    assert said.exit_code == 0, said.output
    assert said.output.endswith(f": {tmp_path}/registry.sqlite, {tmp_path}/registry.json\n")
    assert json.loads((tmp_path / "registry.json").read_text(encoding="utf-8"))["as_of"] == "2026-11-29"


def test_export_prints_what_another_registry_reads():
    said = run("export", "mlflow", "--today", "2026-11-29")
    assert said.exit_code == 0
    assert [m["name"] for m in json.loads(said.output)["registered-models/create"]] == [
        "minilm",
        "support-chat",
    ]


def test_an_unknown_format_and_a_missing_index_are_refused(tmp_path):
    wrong = run("export", "xml")
    assert str(wrong.exception) == "should be json, mlflow, kubeflow (got 'xml')"
    missing = run("serve", "--folder", str(tmp_path))
    assert "there is no index; slipway registry build makes it" in str(missing.exception)
