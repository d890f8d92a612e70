import io

import pytest
from rich.console import Console

from gate.difference.markdown import as_json, as_markdown
from gate.difference.record import Change, Difference, ResourceChange, StackDifference
from gate.difference.terminal import show


def resources(count):
    change = Change(path="a|b", before="", after="<x>")
    return [
        ResourceChange(
            kind="changed", component="c", type="aws:sqs/queue:Queue", name=f"q{n}", changes=(change,)
        )
        for n in range(count)
    ]


def difference(verdict="pass", **parts):
    stack = StackDifference(stack="prod", verdict_before="pass", verdict=verdict, **parts)
    return Difference(base="abc (main)", head="def", stacks=[stack], notes=["a note"])


LOST = ResourceChange(
    kind="renamed",
    component="c",
    type="aws:s3/bucket:Bucket",
    name="new",
    was="old",
    endangers="every object in it",
)

REMADE = "destroyed, and new made in its place"
AN_ALIAS = "No alias says that the old and the new one are the same; an alias keeps it (docs/upgrading.md)."


def test_the_verdict_comes_first_and_what_is_lost_before_what_differs():
    text = as_markdown(difference("fail", resources=[LOST], gained=["reader: s3:* on *"]))
    lines = text.splitlines()
    assert lines[0] == "# ❌ This change does not pass: it puts 1 thing at risk and widens access"
    lost = f"| **old** `aws:s3/bucket:Bucket` | every object in it | {REMADE} | prod |"
    assert (
        lines.index(lost)
        < lines.index(AN_ALIAS)
        < lines.index("## prod")
        < lines.index("- reader: s3:\\* on \\*")
        < lines.index("<details><summary>1 resource, property by property</summary>")
        < lines.index("| prod | ❌ fails | passes | 0 | 0 | 0 | 1 |")
    )
    assert as_markdown(difference()).splitlines()[0] == "# ✅ This change passes"


def test_cells_cannot_break_out():
    text = as_markdown(difference(resources=resources(1)))
    assert "  - `a¦b`: — → &lt;x&gt;" in text


def test_a_long_difference_first_loses_properties_then_single_resources_and_says_so():
    sentences = [f"reader{n} may now read x" for n in range(300)]
    some, more = (difference(resources=resources(n), gained=sentences) for n in (1200, 3000))
    assert min(len(as_markdown(long, longest=10**9)) for long in (some, more)) > 65_536
    for long, listed in (
        (some, "1200 resources; their properties"),
        (more, "3000 resources by type; the rest"),
    ):
        text = as_markdown(long)
        assert len(text) <= 65_536
        assert f"<details><summary>{listed}: see the artifact</summary>" in text
        assert "- reader299 may now read x" in text
        assert "`a¦b`" not in text
        assert text.count("<details>") == text.count("</details>") == 2
    assert "- q1199 `aws:sqs/queue:Queue`" in as_markdown(some)
    assert "- 3000 `aws:sqs/queue:Queue`" in as_markdown(more)


def test_rows_go_where_whole_sections_are_not_enough():
    text = as_markdown(difference(gained=[f"reader{n} may now read {'x' * 100}" for n in range(3000)]))
    assert len(text) <= 65_536
    assert "- 2999 more permissions are gained" in text
    assert "- and 2800 more: see the artifact" in text


def test_one_long_value_does_not_take_the_place_of_all_others():
    change = Change(path="policy", before="b" * 90_000, after="b" * 80_000 + "c")
    one = ResourceChange(kind="changed", component="c", type="t", name="n" * 9_000, changes=(change,))
    text = as_markdown(
        difference("fail", resources=[one], gained=["a may now " + "z" * 70_000], opened=["o"])
    )
    shown = f"…{'b' * 160}…", f"…{'b' * 40}c"
    assert f"  - `policy`: {shown[0]} → {shown[1]}" in text
    assert " … (69410 more characters) … " in text
    assert "- o\n" in text
    assert "property by property" in text
    assert '"n' + "n" * 8_999 in as_json(difference(resources=[one]))


def test_two_renderings_are_equal_and_json_holds_everything():
    one = difference(resources=[LOST])
    assert as_markdown(one) == as_markdown(one)
    assert '"kind": "renamed"' in as_json(one)
    assert as_json(one) == as_json(one)


def test_the_terminal_says_in_plain_text_what_matters():
    out = io.StringIO()
    show(
        difference("fail", resources=[LOST, *resources(2)], opened=["a -> b:1"]), Console(file=out, width=160)
    )
    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "This change does not pass: it puts 1 thing at risk and widens access",
        "def against abc (main)",
        "a note",
        AN_ALIAS,
        "stack prod: fails",
        f"  at risk: every object in it: aws:s3/bucket:Bucket old is {REMADE}",
        "  What becomes reachable",
        "    a -> b:1",
        "stack  now    before  renamed  changed",
        "prod   fails  passes        1        2",
    ]


def test_what_is_protected_is_said_to_stop_the_change():
    kept = ResourceChange(
        kind="removed", component="c", type="t", name="b", endangers="all in it", was_protected=True
    )
    text = as_markdown(difference(resources=[kept]))
    assert "| **b** `t` | all in it | removed (protected) | prod |\n" in text
    assert "Pulumi refuses to destroy what is protected until somebody takes the protection away.\n" in text
    assert AN_ALIAS not in text


def headline(*stacks, **parts):
    return as_markdown(Difference(base="b", head="h", stacks=stacks, **parts)).splitlines()[0]


def side(verdict, **parts):
    return StackDifference(stack="prod", verdict_before="pass", verdict=verdict, **parts)


def test_the_headline_is_the_worst_and_names_what_no_rule_speaks_of():
    assert headline() == "# ✅ This change touches no stack"
    assert headline(side("pass")) == "# ✅ This change passes"
    assert headline(side("pass", opened=["x"], waived_findings=[FOUND], kept=["y"], capacity=["z"])) == (
        "# ✅ This change passes: it widens access, has a finding waived and changes how long something is kept"
    )
    assert headline(side("fail", undecided=[FOUND])) == (
        "# ❌ This change does not pass: it leaves a rule undecided"
    )
    assert headline(side("pass", resources=[LOST])) == (
        "# ⚠️ This change breaks no rule, but puts 1 thing at risk"
    )
    assert headline(side("fail"), side("pass")) == "# ❌ This change does not pass"
    assert headline(side("fail"), side("error")) == "# 💥 This change could not be judged"
    assert headline(problems=["stacks/a.yaml: no"]) == "# 💥 This change could not be judged"


def test_what_is_lost_and_what_stops_stacks_is_told_once_for_all():
    stacks = [
        StackDifference(
            stack=name,
            verdict_before="pass",
            verdict="error",
            resources=[LOST],
            problem=f"stack {name} is ill",
        )
        for name in ("dev", "prod")
    ]
    text = as_markdown(Difference(base="b", head="h", stacks=stacks))
    assert text.count(f"| every object in it | {REMADE} | dev, prod |") == text.count("**old**") == 1
    assert text.count("is ill") == text.count("> dev, prod: the stack is ill") == 1


FOUND = {
    "rule": "r", "level": "mandatory", "urn": "urn:pulumi:s::p::t::the-key", "message": "m", "fix": "mend",
    "waiver": "",
}  # fmt: skip


def test_a_finding_says_where_and_how_it_is_mended():
    assert "| mandatory | `r` | the-key | m | mend |" in as_markdown(difference("fail", new_findings=[FOUND]))


@pytest.mark.parametrize(
    "huge",
    [
        pytest.param({"problems": [f"stacks/Pulumi.s{n}.yaml: {'x' * 90}" for n in range(3000)]}, id="problems"),
        pytest.param(
            {"stacks": [
                StackDifference(
                    stack=f"stack-{n}", verdict_before="pass", verdict="error", problem=f"cause {n} {'y' * 200}",
                    gained=["may now " + "z" * 150] * 5, new_findings=[FOUND] * 5, resources=resources(20),
                )
                for n in range(400)
            ]}, id="stacks",
        ),
        pytest.param({"stacks": [side("fail", new_findings=[FOUND] * 4000, opened=["f" * 100] * 4000)]}, id="rows"),
    ],
)  # fmt: skip
def test_whatever_is_huge_fits_by_whole_rows(huge):
    text = as_markdown(Difference(base="b", head="h", **{"stacks": [], **huge}))
    assert len(text) <= 65_536
    assert "see the artifact" in text
    assert text.count("<details>") == text.count("</details>")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in table)
