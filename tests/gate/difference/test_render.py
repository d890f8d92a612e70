import io

import pytest
from rich.console import Console

from gate.difference.record import Change, Difference, ResourceChange, StackDifference
from gate.difference.render import as_json, as_markdown, show


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

REMADE = (
    "is destroyed, and new is made in its place, since no alias says that the two are one. An alias keeps it "
    "(docs/upgrading.md). Lost: every object in it"
)


def test_the_verdict_comes_first_and_what_is_lost_before_the_folds():
    text = as_markdown(difference("fail", resources=[LOST], gained=["reader: s3:* on *"]))
    lines = text.splitlines()
    assert lines[0] == "# ❌ This change does not pass, and puts 1 thing at risk"
    assert "| prod | ❌ fails | passes | 0 | 0 | 0 | 1 |" in lines
    lost = f"- ⚠️ **old** (`aws:s3/bucket:Bucket`; prod) {REMADE}"
    assert (
        lines.index(lost)
        < lines.index("**Permissions gained** (1)")
        < lines.index("<details><summary>1 resource, property by property</summary>")
    )
    assert as_markdown(difference()).splitlines()[0] == "# ✅ This change passes"


def test_cells_cannot_break_out():
    text = as_markdown(difference(resources=resources(1)))
    assert "  - `a¦b`: — → &lt;x&gt;" in text


def test_a_long_difference_is_shortened_by_rows_and_says_so():
    long = difference(
        resources=resources(3000), gained=[f"reader{n}: s3:GetObject on arn" for n in range(3000)]
    )
    assert len(as_markdown(long, longest=10**9)) > 65_536
    text = as_markdown(long)
    assert len(text) <= 65_536
    assert "- and 2800 more: see the artifact" in text
    assert text.count("<details>") == text.count("</details>") == 1


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
    assert out.getvalue().splitlines() == [
        "def against abc (main)",
        "a note",
        "stack prod: fails  2 changed, 1 renamed",
        f"  aws:s3/bucket:Bucket old {REMADE}",
        "  What becomes reachable",
        "    a -> b:1",
    ]


def test_what_is_protected_is_said_to_stop_the_change():
    kept = ResourceChange(
        kind="removed", component="c", type="t", name="b", endangers="all in it", was_protected=True
    )
    assert (
        "- ⚠️ **b** (`t`; prod) is removed. It is protected: Pulumi refuses until somebody takes that away. "
        "Lost: all in it"
    ) in as_markdown(difference(resources=[kept]))


def headline(*stacks, **parts):
    return as_markdown(Difference(base="b", head="h", stacks=stacks, **parts)).splitlines()[0]


def side(verdict, **parts):
    return StackDifference(stack="prod", verdict_before="pass", verdict=verdict, **parts)


def test_the_headline_is_the_worst_and_names_what_no_rule_speaks_of():
    assert headline() == "# ✅ This change passes"
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
    assert text.count("⚠️ **old** (`aws:s3/bucket:Bucket`; dev, prod) is destroyed") == 1
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


def test_a_property_left_out_is_counted():
    many = tuple(Change(path=f"p{n}", before="a" * 100, after="b" * 100) for n in range(900))
    one = ResourceChange(kind="changed", component="c", type="t", name="n", changes=many)
    text = as_markdown(difference(resources=[one]))
    assert "  - and 700 more properties: see the artifact" in text
