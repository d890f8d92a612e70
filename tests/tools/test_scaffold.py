"""What ``make new-rule`` and ``make new-component`` write works before anybody edits it."""

import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from facts.strict_yaml import load
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.aws.kms_keys import RULES as EXISTING
from tests.conftest import ROOT
from tests.policies.cases import resource

QUEUE = "aws:sqs/queue:Queue"
RULE = ("rule", "--rule", "queues-are-tried", "--domain", "aws", "--type", QUEUE, "--property", "a.tried")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "policies").mkdir()
    shutil.copy(ROOT / "policies" / "controls.yaml", tmp_path / "policies")
    return tmp_path


def begin(folder, *words):
    return subprocess.run(  # noqa: S603 our own tool
        [sys.executable, "-m", "tools.scaffold", *words, "--root", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_rule_judges_and_has_cases_and_a_line_among_the_controls(folder):
    done = begin(folder, *RULE)
    assert done.returncode == 0, done.stderr
    spec = spec_from_file_location("begun", folder / "policies/rules/aws/queues_are_tried.py")
    begun = module_from_spec(spec)
    spec.loader.exec_module(begun)
    off, on = resource(QUEUE, {"a": {"tried": False}}, "off"), resource(QUEUE, {"a": {"tried": True}}, "on")
    said = judge(Graph([off, on]), begun.RULES)
    assert [(f.rule, f.urn, f.path, f.message) for f in said.findings] == [
        ("queues-are-tried", off.urn, "a.tried", "a.tried: is off; must be true")
    ]
    cases = (folder / "tests/policies/rules/aws/test_queues_are_tried.py").read_text(encoding="utf-8")
    assert 'return resource(QUEUE, {"a": {"tried": value}})' in cases
    controls = load((folder / "policies/controls.yaml").read_text(encoding="utf-8"), "controls.yaml")
    assert controls["rules"]["queues-are-tried"] == {"none": "say which control it holds, or why none asks"}


def test_a_second_time_nothing_is_touched(folder):
    begin(folder, *RULE)
    before = (folder / "policies/controls.yaml").read_bytes()
    done = begin(folder, *RULE)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "policies/rules/aws/queues_are_tried.py: exists already",
        "tests/policies/rules/aws/test_queues_are_tried.py: exists already",
    ]
    assert (folder / "policies/controls.yaml").read_bytes() == before


def test_every_problem_is_told_at_once(folder):
    done = begin(
        folder, "rule", "--rule", EXISTING[0].id, "--domain", "cloud", "--type", "Queue", "--property", "A b"
    )
    assert done.returncode == 1
    told = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert told == [f"RULE={EXISTING[0].id}", "DOMAIN=cloud", "TYPE=Queue", "PROPERTY=A b"]
    assert list((folder / "policies").iterdir()) == [folder / "policies/controls.yaml"]


def test_a_new_component_registers_itself_and_has_its_page(folder):
    done = begin(folder, "component", "--name", "model-cache", "--area", "storage")
    assert done.returncode == 0, done.stderr
    text = (folder / "components/storage/model_cache.py").read_text(encoding="utf-8")
    compile(text, "model_cache.py", "exec")
    assert 'TYPE = "slipway:storage:ModelCache"' in text
    assert "``model_cache:`` in a stack file." in text
    assert (folder / "docs/components/model_cache.md").is_file()
    assert (folder / "tests/components/storage/test_model_cache.py").is_file()
