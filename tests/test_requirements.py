"""Every environment is pinned by hash, and what stands in two of them is the same version."""

import re
from pathlib import Path

import pytest

from components.foundation.kubernetes_object import PROVIDER_VERSION
from facts.pins import images

ROOT = Path(__file__).parent.parent
LOCKED = {
    "requirements.txt": "requirements.in",
    "requirements-dev.txt": "requirements-dev.in",
    "policies/requirements.txt": "policies/requirements.in",
    "tools/checkov-requirements.txt": "tools/checkov-requirements.in",
    "tools/registry-clients-requirements.txt": "tools/registry-clients-requirements.in",
    "tools/uv-requirements.txt": "tools/uv-requirements.in",
    "runtime/loops/requirements.txt": "runtime/loops/requirements.in",
    "tools/local/requirements.txt": "tools/local/requirements.in",
    "tools/local/serving-requirements.txt": "tools/local/serving-requirements.in",
    "gate/live/requirements.txt": "gate/live/requirements.in",
}
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(?P<version>[^ \\]+)", re.MULTILINE)


def pins(path):
    found = PIN.findall((ROOT / path).read_text(encoding="utf-8"))
    return {name.replace("_", "-"): version for name, version in found}


def wanted(path):
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    names = [re.match(r"^[A-Za-z0-9._-]+", line) for line in lines if line and line[0] not in "#-"]
    return {name[0].lower().replace("_", "-") for name in names if name}


@pytest.mark.parametrize("path", LOCKED)
def test_every_line_is_a_version_with_hashes_and_no_address(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b or not PIN.match(b)] == []
    assert "://" not in text


@pytest.mark.parametrize(("path", "source"), LOCKED.items())
def test_what_is_asked_for_is_locked(path, source):
    assert sorted(wanted(source) - pins(path).keys()) == []


def test_the_environments_agree_where_they_meet():
    program, development, pack = (
        pins("requirements.txt"),
        pins("requirements-dev.txt"),
        pins("policies/requirements.txt"),
    )
    assert {n: v for n, v in program.items() if development.get(n) != v} == {}
    workers, local = pins("runtime/loops/requirements.txt"), pins("tools/local/requirements.txt")
    assert {n: v for n, v in workers.items() if local.get(n) != v} == {}
    assert {n: v for n, v in local.items() if development.get(n, v) != v} == {}
    assert {n: v for n, v in pins("gate/live/requirements.txt").items() if development.get(n) != v} == {}
    shared = ("pulumi", "pydantic", "pydantic-core", "pyyaml")
    assert {n: pack[n] for n in shared} == {n: program[n] for n in shared}


def test_objects_ask_for_the_provider_that_is_installed():
    assert pins("requirements.txt")["pulumi-kubernetes"] == PROVIDER_VERSION


def test_the_model_server_of_one_machine_is_that_of_the_platforms_image():
    pinned = images()["huggingfaceserver"].version
    assert f"v{pins('tools/local/serving-requirements.txt')['kserve']}" == pinned
