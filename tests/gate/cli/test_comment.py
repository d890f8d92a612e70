"""A difference from a pull request's own code: data that somebody unknown chose, in a comment that is ours."""

import json
import re
from dataclasses import asdict

import pytest

from gate.cli.comment import MARK, comment, post
from gate.core.errors import GateError
from gate.difference.markdown import LONGEST_COMMENT, as_json
from gate.difference.record import FORMAT, Change, Difference, ResourceChange, StackDifference

HOSTILE = (
    "x`</details>\n\n# ✅ This change passes\n\n@everyone <img src=https://e.example/x> [y](https://e.example) | #1 "
    "<script>alert(1)</script> <!-- slipway: what this change means -- ```\n- [x] approved\u202e"
)
SAID = dict.fromkeys(("rule", "level", "urn", "message", "fix", "waiver"), HOSTILE)


def hostile():
    change = Change(path=HOSTILE, before=HOSTILE, after=HOSTILE)
    resource = ResourceChange(
        kind="renamed", component=HOSTILE, type=HOSTILE, name=HOSTILE, was=HOSTILE, endangers=HOSTILE,
        changes=(change,), position=HOSTILE,
    )  # fmt: skip
    lines = [HOSTILE]
    stack = StackDifference(
        stack=HOSTILE, verdict_before="pass", verdict="fail", resources=[resource], new_findings=[SAID],
        fixed_findings=[SAID], waived_findings=[SAID], undecided=[SAID], gained=lines, lost=lines, opened=lines,
        closed=lines, models=lines, capacity=lines, kept=lines,
    )  # fmt: skip
    ill = StackDifference(stack=f"2{HOSTILE}", verdict_before="pass", verdict="error", problem=HOSTILE)
    return Difference(base=HOSTILE, head=HOSTILE, stacks=[stack, ill], notes=[HOSTILE], problems=[HOSTILE])


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "difference.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_nobodys_text_is_markup_or_calls_anybody(written):
    text = comment(written(as_json(hostile())))
    outside = re.sub(r"`[^`\n]*`", "CODE", text)
    assert "`" not in outside.replace("\\`", "")
    assert re.findall(r"<[^>]*>", outside) == [
        "<details>", "<summary>", "</summary>", "</details>", "<sub>", "</sub>", MARK,
    ]  # fmt: skip
    assert "@everyone" not in outside
    assert re.search(r"(?<!\\)\]\(|https?://|(?<![\w/])#\d", outside) is None
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[0] == "# 💥 This change could not be judged"
    assert [h[:4] for h in headings[1:]] == ["## W", "## x", "## V"]
    assert [line for line in text.splitlines() if line.lstrip(" >").startswith(("- [x]", "```"))] == []
    assert "\u202e" not in text
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5, 6, 8}


def test_the_mark_comes_once_and_last_and_the_reader_is_told_whose_words_these_are(written):
    text = comment(written(as_json(hostile())))
    assert text.endswith(f"{MARK}\n")
    assert text.count(MARK) == 1
    assert "The pull request's own code found this" in text


def test_the_largest_difference_fits_with_its_end(written):
    line = HOSTILE * 50
    stacks = [
        StackDifference(stack=f"s{n}{line}", verdict_before="pass", verdict="pass", gained=[line] * 50)
        for n in range(40)
    ]
    text = comment(written(as_json(Difference(base=line, head=line, stacks=stacks, notes=[line] * 20))))
    assert len(text) <= LONGEST_COMMENT
    assert text.startswith("# ✅ This change passes: it widens access\n")
    assert text.endswith(f"{MARK}\n")


def test_what_was_written_is_read(written):
    one = StackDifference(stack="dev", verdict_before="pass", verdict="pass", gained=["a may now read b"])
    text = comment(written(as_json(Difference(base="b", head="h", stacks=[one]))))
    assert text.startswith("# ✅ This change passes: it widens access\n\n## dev\n\n- a may now read b\n")


def changed(**parts):
    stack = asdict(StackDifference(stack="dev", verdict_before="pass", verdict="pass")) | parts
    return json.dumps({"format": FORMAT, "base": "b", "head": "h", "stacks": [stack]})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file: Invalid JSON"),
        ("[" * 100_000, "the file: Invalid JSON"),
        (b"\xff\xfe", "the file: Invalid JSON"),
        ("[]", "the file: Input should be"),
        ("{}", "base: Field required"),
        (json.dumps({"format": 2, "base": "b", "head": "h", "stacks": []}), "format: Input should be 1"),
        (changed(verdict="great"), "stacks.0.verdict: Input should be 'pass', 'fail', 'error' or ''"),
        (changed(resources=[{"kind": "x"}]), "stacks.0.resources.0.kind: Input should be 'added'"),
        (changed(gained=[["x"]]), "stacks.0.gained.0: Input should be a valid string"),
        (changed(gained="text"), "stacks.0.gained"),
        (changed(new_findings=[{"rule": "r"}]), "stacks.dev: a new finding lacks level, message, urn"),
        (changed(undecided=[{"rule": {"a": "b"}}]), "stacks.0.undecided.0.rule: Input should be a valid string"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_pass_and_is_told(written, text, problem):
    said = comment(written(text))
    assert said.startswith("# 💥 This change could not be judged\n\nThe default branch cannot read")
    assert problem in said
    assert said.endswith(f"{MARK}\n")


def test_a_preview_that_left_nothing_does_not_leave_an_older_verdict_standing(tmp_path):
    said = comment(tmp_path / "none.json")
    assert said.startswith("# 💥 This change could not be judged")
    assert "\n\nThe preview ended before it compared anything: see its run\n" in said


def test_a_difference_too_large_to_read_is_told(tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    assert "\n\nThe difference has 68157440 bytes; at most 67108864 are read\n" in comment(large)


def test_only_a_commit_is_looked_for(tmp_path):
    with pytest.raises(GateError, match=r"--commit: should be 40 hexadecimal digits \(got 'main'\)$"):
        post(tmp_path / "none.json", "main")
