"""``slipway local`` as somebody types it, in a folder and on ports of its own."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.loops.shares.envoy_file import EnvoyFileShares
from tests.conftest import ROOT
from tools.local.envoy import ROUTES
from tools.local.layout import FOLDER, Layout, Ports
from tools.local.ports import is_free

SLIPWAY = Path(sys.executable).with_name("slipway")
PATIENCE = 300
"""Seconds that anything may take on a machine with other work. Nothing here is measured."""


def free_base() -> int:
    """The first of twelve ports that nobody has, away from those that people use."""
    for base in range(31000 + os.getpid() % 50 * 20, 60000, 20):
        if all(is_free(port) for port in Ports.from_base(base).by_name().values()):
            return base
    raise AssertionError("no twelve ports in a row are free")


@dataclass(frozen=True)
class Machine:
    """One run."""

    folder: Path
    base: int

    @property
    def layout(self) -> Layout:
        return Layout(self.folder)

    def slipway(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """What the command says, whatever its exit code."""
        return subprocess.run(  # noqa: S603 our own command
            [str(SLIPWAY), *words],
            cwd=ROOT,
            env={**os.environ, FOLDER: str(self.folder), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def local(self, *words: str) -> str:
        """The same of ``slipway local``, which has to succeed."""
        done = self.slipway("local", *words)
        assert done.returncode == 0, done.stdout + done.stderr + self.logs()
        return done.stdout

    def up(self) -> str:
        return self.local("up", "--base", str(self.base))

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.slipway("local", "status", "--format", "json").stdout)
        return said

    def shares(self) -> dict[str, int]:
        """What the gateway's file says: read here, since a step passes while a command starts on a busy machine."""
        return EnvoyFileShares(self.layout.gateway / ROUTES).read("minilm")

    def run(self, name: str) -> dict[str, Any]:
        """One run's entry; empty where there is none."""
        return next((run for run in self.status()["runs"] or () if run["run"] == name), {})

    def told(self, name: str) -> str:
        """Everything that a run says of itself."""
        return self.slipway("runs", name, "--settings", str(self.layout.loops)).stdout

    def events(self, version: str) -> list[dict[str, Any]]:
        """What workflows appended to a version, in the order of runs' steps."""
        folder = self.layout.models / "minilm" / version / "events"
        found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yaml")]
        return sorted(
            (e for e in found if "signature" in e), key=lambda e: (e.get("run", "~"), e.get("step", 0))
        )

    def logs(self) -> str:
        """The end of every log."""
        return "\n".join(
            f"== {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:])
            for path in sorted(self.layout.logs.glob("*.log"))
        )

    def until(self, found: Any, what: str) -> None:
        """It came true in the patience there is."""
        end = time.monotonic() + PATIENCE
        while not found():
            if time.monotonic() > end:
                said = self.slipway("local", "status").stdout
                pytest.fail(f"{what} did not happen in {PATIENCE} s\n{said}\n{self.logs()}")
            time.sleep(0.5)
