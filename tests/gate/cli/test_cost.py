"""``slipway cost``: what it refuses, each with one clear error."""

import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gate.cli.app import app
from gate.cli.cost import run
from gate.core.errors import GateError


def test_an_unknown_stack_is_refused_with_those_there_are():
    with pytest.raises(GateError, match=r"nowhere: no such stack; there are dev, prod"):
        run("nowhere", "text", None, Console(file=io.StringIO()))


def test_an_unknown_format_is_refused_with_those_there_are():
    found = CliRunner().invoke(app, ["cost", "dev", "--format", "yaml"])
    assert isinstance(found.exception, GateError)
    assert str(found.exception) == "--format: should be text, json, markdown (got 'yaml')"
