"""What can touch a stack is all that is read while one is made and judged; the list of the rest is held to it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gate.pull_request.untouched import can_touch

ROOT = Path(__file__).parents[3]
RECORDED = """
import json, os, sys
opened = set()
sys.addaudithook(lambda event, said: opened.add(str(said[0])) if event == "open" else None)
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from gate.capture.stacks import capture_stack
from gate.schema.shape import check_shapes
from stacks.load import read_stack
stack = read_stack("dev")
graph = capture_stack(stack, {}).graph
judge(graph, RULES)
check_shapes(graph)
modules = {str(m.__file__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)}
print(json.dumps(sorted(os.path.realpath(p) for p in opened | modules)))
"""


@pytest.fixture(scope="module")
def read():
    """Files of the repository that are opened or imported while the stack dev is captured and judged."""
    done = subprocess.run(  # noqa: S603 this interpreter, on a text of ours
        [sys.executable, "-c", RECORDED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    tracked = set(listed.stdout.splitlines())
    inside = {path.removeprefix(f"{ROOT}/") for path in json.loads(done.stdout.splitlines()[-1])}
    return inside & tracked


def test_the_record_sees_code_that_is_shipped_and_modules_that_are_imported(read):
    assert {
        "runtime/payload_sampler.py",
        "components/cluster/cluster.py",
        "stacks/Pulumi.dev.yaml",
        "facts/pins/charts.yaml",
    } <= read
    assert len(read) > 300


def test_all_that_is_read_while_building_can_touch_a_stack(read):
    assert [path for path in sorted(read) if not can_touch(path)] == []


@pytest.mark.parametrize(
    ("path", "touches"),
    [
        ("runtime/payload_sampler.py", True),
        ("bootstrap/permissions/dev.json", True),
        ("requirements-dev.txt", True),
        (".github/workflows/up.yml", True),
        (".ci/run", True),
        ("Makefile", True),
        ("facts/notes.md", True),
        ("components/models/prompt.md", True),
        ("a-new-folder/file", True),
        ("READMEx.md", True),
        ("docs/gate.md", False),
        ("tests/test_program.py", False),
        ("README.md", False),
        ("releases/README.md", False),
    ],
)
def test_what_nobody_knows_touches_everything(path, touches):
    assert can_touch(path) is touches
