"""What ``slipway local`` hands on, and what it says where its environment is missing."""

import sys

import pytest
from typer.testing import CliRunner

from gate.cli import local as module
from gate.cli.app import app
from gate.core.errors import GateError


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """One whose environment's Python writes down what it was asked, and ends with 7."""
    python = tmp_path / ".cache" / "loops" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f"#!{sys.executable}\nimport sys\nopen('asked', 'w').write(' '.join(sys.argv[1:]))\nsys.exit(7)\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "handed"),
    [
        (["up"], "up --base 18080"),
        (["up", "--base", "20000"], "up --base 20000"),
        (["break", "v2"], "break v2 --errors 0.4 --slow-ms 0 --noise 0.0"),
        (["break", "v2", "--errors", "0", "--slow-ms", "9"], "break v2 --errors 0.0 --slow-ms 9 --noise 0.0"),
        (["mend", "v2"], "mend v2"),
        (["canary", "minilm", "v2"], "canary minilm v2"),
        (["drift"], "drift"),
        (["drift", "--over"], "drift --over"),
        (["approve", "remedy-minilm-v1"], "approve remedy-minilm-v1"),
        (["refuse", "remedy-minilm-v1"], "refuse remedy-minilm-v1"),
        (["kill"], "kill"),
        (["status", "--format", "json"], "status --format json"),
        (["down"], "down"),
    ],
)
def test_a_command_runs_in_the_loops_environment_and_its_exit_code_is_ours(words, handed, checkout):
    assert CliRunner().invoke(app, ["local", *words]).exit_code == 7
    assert (checkout / "asked").read_text() == f"-m tools.local {handed}"


def test_without_its_environment_it_says_what_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    with pytest.raises(GateError, match=r"^the loops' environment is not installed:\n  make local$"):
        module.play("down")
