"""A run that is killed: nothing of it goes on, and nothing is left that reads as a pass."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STACK = """
config:
  slipway:settings:
    platform: {organisation: example, environment: test, account: "111122223333", region: eu-central-1,
      owner: ml, cost_center: ml}
"""
PROGRAM = """
import pathlib, time
print("building", flush=True)
while not (pathlib.Path(__file__).parent / "go").exists():
    time.sleep(0.02)
"""
RUN = """
import sys
from datetime import date
from pathlib import Path
from gate.evaluate.preview import Options, preview
root = Path(sys.argv[1])
options = Options(today=date(2026, 11, 23), root=root, organisation=root, output=root / "out", with_checkov=False)
print([p.report.verdict for p in preview((), options, lambda *_: None)])
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.base.yaml").write_text(STACK, encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def waited(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Killed, and not yet waited for by whoever inherited it.
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def run(root):
    command = [sys.executable, "-c", RUN, str(root)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603 our own code


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_run_was_building_writes_no_report_any_more(root, how):
    (root / "go").touch()
    with run(root) as first:
        assert first.stdout.read() == b"building\n['pass']\n"
    report = root / "out" / "base" / "report.json"
    assert report.exists()
    (root / "go").unlink()
    with run(root) as killed:
        assert killed.stdout.readline() == b"building\n"
        children = children_of(killed.pid)
        killed.send_signal(how)
        assert killed.wait(30) != 0
    assert children
    assert waited(lambda: all(map(is_gone, children))), "they would write beside what a later run says"
    (root / "go").touch()
    assert not report.exists(), "the older pass is gone"


def test_an_interrupted_run_ends_at_once_and_says_so_in_a_line(root):
    with run(root) as stopped:
        assert stopped.stdout.readline() == b"building\n"
        children = children_of(stopped.pid)
        stopped.send_signal(signal.SIGINT)
        assert stopped.wait(10) != 0
    assert waited(lambda: all(map(is_gone, children)))
    assert not (root / "out" / "base").exists()


def test_a_second_run_into_the_same_folder_is_refused_and_takes_nothing_away(root):
    with run(root) as first:
        assert first.stdout.readline() == b"building\n"
        second = subprocess.run(  # noqa: S603 our own code
            [sys.executable, "-c", RUN, str(root)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        (root / "go").touch()
        assert first.stdout.read() == b"['pass']\n"
    assert second.returncode != 0
    assert f"another preview writes into {root / 'out'}:" in second.stderr
    assert (root / "out" / "base" / "report.json").exists()


def test_reports_of_a_stack_that_is_gone_are_removed(root):
    (root / "go").touch()
    for name, subject in (("renamed", "stack renamed"), ("others", "a report of something else")):
        (root / "out" / name).mkdir(parents=True)
        said = {"format": 1, "subject": subject, "verdict": "pass"}
        (root / "out" / name / "report.json").write_text(json.dumps(said), encoding="utf-8")
    with run(root) as done:
        assert done.stdout.read() == b"building\n['pass']\n"
    assert sorted(p.name for p in (root / "out").iterdir()) == ["base", "index.html", "others"]
