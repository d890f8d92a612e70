"""What the loops' commands hand on, and what they say where that is not possible."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gate.cli import loops
from gate.cli.app import app

RUN = "remedy-minilm-v1"


@pytest.fixture
def handed(monkeypatch, tmp_path):
    """What would be run; settings and one person's key lie in a folder."""
    said = []
    python = tmp_path / "python"
    python.touch()
    (tmp_path / "loops.yaml").touch()
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "ana.pem").touch()
    monkeypatch.setattr(loops, "PYTHON", python)
    monkeypatch.setattr(loops, "LOCAL", tmp_path / "loops.yaml")

    def run(words, **_):
        said.append([str(w).replace(str(tmp_path), "T") for w in words])
        return subprocess.CompletedProcess(words, 3 if "fails" in words else 0)

    monkeypatch.setattr(subprocess, "run", run)
    return said


def invoke(*words):
    return CliRunner().invoke(app, list(words))


SETTINGS = ["--settings", "T/loops.yaml"]
OURS = ["T/python", "-m", "runtime.loops"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["runs"], ["runs", "--format", "text", *SETTINGS]),
        (["runs", RUN, "--format", "json"], ["runs", RUN, "--format", "json", *SETTINGS]),
        (["approve", RUN], ["approve", RUN, "--key", "T/people/ana.pem", *SETTINGS]),
        (["refuse", RUN], ["refuse", RUN, "--key", "T/people/ana.pem", *SETTINGS]),
        (["abort", RUN], ["abort", RUN, "--key", "T/people/ana.pem", *SETTINGS]),
        (["replay", RUN], ["replay", RUN, *SETTINGS]),
        (["replay", "--folder", "/histories"], ["replay", "--folder", "/histories"]),
    ],
)
def test_a_command_is_handed_on_with_settings_and_key(handed, words, expected):
    assert invoke(*words).exit_code == 0
    assert handed == [OURS + expected]


def test_the_exit_code_is_the_loops(handed):
    assert invoke("runs", "fails").exit_code == 3
    assert len(handed) == 1


def test_nobody_answers_in_another_s_name_by_accident(handed, tmp_path):
    (tmp_path / "people" / "ben.pem").touch()
    said = str(invoke("approve", RUN).exception)
    assert said == f"--key: name your private key; {tmp_path}/people holds ana.pem, ben.pem"
    assert handed == []


def test_what_is_missing_is_said_with_a_way_out(handed, monkeypatch, tmp_path):
    assert str(invoke("replay").exception) == "name one run, or --folder with recorded histories"
    monkeypatch.setattr(loops, "LOCAL", tmp_path / "none.yaml")
    assert str(invoke("runs").exception) == (
        f"{tmp_path}/none.yaml is no file: slipway local up writes one, or name the settings of a cluster's loops "
        "with --settings"
    )
    monkeypatch.setattr(loops, "PYTHON", Path("/nowhere/python"))
    said = str(invoke("replay", "--folder", "/histories").exception)
    assert said == "the loops are not installed: make .cache/loops/installed (a minute)"
    assert handed == []
