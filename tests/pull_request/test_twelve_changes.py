"""A simulated pull request for each of twelve changes: the comment is what it was when somebody read it.

Of its own (``make test-pull-requests``), since every change builds stacks.
"""

import json

import pytest

from tests.pull_request.changes import CHANGES
from tests.pull_request.comments import GOLDEN, lasting, repository, said

LINES = {
    "widened_iam": ("grants-are-declared", "karpenter: {}"),
    "waiver_added": ("kms-keys-rotate", "audit_trail: {}"),
}
"""Of the changes that break a rule, that rule and the line of the stack file its finding is shown at."""
SETS_OF_STACKS = 3
"""All stacks, a platform with its models, and models alone: the base of each set is built once and kept."""
CODES = {"widened_iam": 1, "revoked_release": 2, "broken_yaml": 2}


@pytest.fixture(scope="session")
def scripted(tmp_path_factory):
    return repository(tmp_path_factory.mktemp("repository"))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_comment_is_the_one_that_was_read(scripted, change):
    code, text = said(scripted, change)
    assert lasting(text) == (GOLDEN / f"{change.__name__}.md").read_text(encoding="utf-8")
    assert code == CODES.get(change.__name__, 0)
    kept = list((scripted / ".cache" / "base").iterdir())
    assert len(kept) <= SETS_OF_STACKS
    if change.__name__ in LINES:
        rule, line = LINES[change.__name__]
        assert set(shown_at(scripted, rule)) == {("stacks/Pulumi.dev.yaml", line)}


def shown_at(folder, rule):
    """File and line of a rule's results, waived or not, of a stack that all changes of code touch."""
    log = json.loads((folder / "build" / "preview" / "dev" / "report.sarif").read_text(encoding="utf-8"))
    found = []
    for result in log["runs"][0]["results"]:
        if result["ruleId"] != rule:
            continue
        place = result["locations"][0]["physicalLocation"]
        file, number = place["artifactLocation"]["uri"], place["region"]["startLine"]
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        found.append((file, lines[number - 1].strip()))
    return found


def test_every_change_has_a_comment_and_every_comment_a_change():
    assert {path.stem for path in GOLDEN.iterdir()} == {change.__name__ for change in CHANGES}
    assert len(CHANGES) == 12
