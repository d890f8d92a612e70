"""Pulumi's own command line judges a state with the pack: ``make policy-engine`` builds it first."""

import copy
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.render.exports import as_state
from tests.captured import STACKS, captured

ROOT = Path(__file__).parent.parent.parent
PULUMI = ROOT / ".cache" / "pulumi" / "pulumi"
WAIVER = """
w:
  rule: kms-keys-rotate
  resource: aws:kms/key:Key cluster-key
  finding: "enableKeyRotation: is off"
  stacks: [dev]
  reason: A test of waivers, which needs a reason of some length.
  owner: somebody
  created: {created}
  expires: {expires}
"""


def analyze(folder, document, pack):
    """The exit code and what it said, as somebody without an account would hear it."""
    path = folder / "state.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    done = subprocess.run(  # noqa: S603 the command that was built from the pinned module
        [
            str(PULUMI),
            "policy",
            "analyze",
            "--file",
            str(path),
            "--policy-pack",
            str(pack),
            "--color",
            "never",
        ],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def without_rotation(document):
    changed = copy.deepcopy(document)
    (key,) = (r for r in changed["deployment"]["resources"] if r["urn"].endswith("::cluster-key"))
    for part in ("inputs", "outputs"):
        key[part]["enableKeyRotation"] = False
    return changed


@pytest.mark.parametrize("name", STACKS)
def test_a_committed_stack_passes(tmp_path, name):
    code, said = analyze(
        tmp_path, as_state(captured(name).graph.resources, name), ROOT / "policies" / "slipway-policies"
    )
    assert "✅ slipway@" in said, said
    assert code == 0, said


@pytest.fixture
def dev():
    return as_state(captured("dev").graph.resources, "dev")


def test_a_defect_is_found_and_named(tmp_path, dev):
    code, said = analyze(tmp_path, without_rotation(dev), ROOT / "policies" / "slipway-policies")
    assert code != 0
    assert "kms-keys-rotate  (aws:kms:Key: cluster-key)" in said
    assert "aws:kms/key:Key cluster-key: enableKeyRotation: is off" in said


def test_a_waiver_holds_in_the_stack_that_the_state_is_of(tmp_path, dev):
    """The engine says in no variable which stack it is; a waiver that nobody matched would hold nowhere."""
    for name in ("policies", "facts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / ".cache").symlink_to(ROOT / ".cache")
    today = datetime.now(tz=UTC).date()  # the pack reads the clock, as whoever runs it does
    record = WAIVER.format(created=today, expires=today + timedelta(days=30))
    (tmp_path / "policies" / "waivers.yaml").write_text(record, encoding="utf-8")
    code, said = analyze(tmp_path, without_rotation(dev), tmp_path / "policies" / "slipway-policies")
    assert code == 0, said
