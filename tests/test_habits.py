"""Files that hosts and tools read: who owns what, what a package needs, what a change says of itself."""

import json
import re
import tomllib

from facts.strict_yaml import load
from tests.conftest import ROOT

OWNED = (
    "policies/", "policies/waivers.yaml", "facts/", ".github/", "gate/", "Makefile", ".ci/", "tools/checkov*",
    "requirements*", "runtime/", "bootstrap/",
)  # fmt: skip


def _owners():
    lines = (ROOT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {row[0].removeprefix("/"): row[1:] for row in rows}


def test_what_decides_a_verdict_is_owned_by_security():
    owners = _owners()
    assert [path for path in OWNED if "@example/security" not in owners.get(path, [])] == []
    assert owners["policies/waivers.yaml"] == ["@example/security"]


def test_every_owned_path_exists():
    assert [path for path in _owners() if not any(ROOT.glob(path.removesuffix("/")))] == []


def test_the_package_needs_what_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    builds = {"hatchling", "editables"}
    wanted = [line for line in lines if line and not line.startswith("#") and line not in builds]
    assert project["dependencies"] == wanted


def test_a_fragment_of_the_changelog_is_a_list_of_short_points():
    wrong = []
    for path in sorted((ROOT / "changelog.d").glob("*")):
        text = path.read_text(encoding="utf-8")
        points = [line for line in text.splitlines() if line.startswith("- ")]
        others = [line for line in text.splitlines() if line and not re.match(r"- |  \S", line)]
        if path.suffix != ".md" or not points or others or not text.endswith("\n"):
            wrong.append(path.name)
    assert wrong == []


def test_hooks_before_a_commit_run_what_the_environment_has():
    hooks = load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"), ".pre-commit-config.yaml")
    entries = [hook["entry"].split()[0] for repo in hooks["repos"] for hook in repo["hooks"]]
    assert entries
    assert [entry for entry in entries if not (ROOT / entry).exists()] == []


def test_updates_are_asked_for_where_locks_and_pins_stand():
    settings = json.loads((ROOT / "renovate.json").read_text(encoding="utf-8"))
    patterns = [pattern.strip("/") for pattern in settings["pip-compile"]["managerFilePatterns"]]
    locks = {str(path.relative_to(ROOT)) for path in ROOT.glob("*requirements*.txt")}
    locks |= {str(path.relative_to(ROOT)) for path in (*ROOT.glob("tools/*requirements.txt"),)} | {
        "policies/requirements.txt"
    }
    assert [lock for lock in sorted(locks) if not any(re.search(p, lock) for p in patterns)] == []
    paths = [path for rule in settings["packageRules"] for path in rule.get("matchFileNames", ())]
    assert [path for path in paths if not any(ROOT.glob(path))] == []
