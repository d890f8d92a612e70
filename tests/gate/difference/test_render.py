import io

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


def test_the_verdict_comes_first_and_what_is_lost_before_the_folds():
    text = as_markdown(difference("fail", resources=[LOST], gained=["reader: s3:* on *"]))
    lines = text.splitlines()
    assert lines[0] == "# ❌ This change does not pass"
    assert "| prod | ❌ fails | passes | 0 | 0 | 0 | 1 |" in lines
    lost = (
        "- ⚠️ `aws:s3/bucket:Bucket` **new** is renamed (was old; without an alias that is destroy and create): "
        "every object in it"
    )
    assert (
        lines.index(lost)
        < lines.index("**Permissions gained** (1)")
        < lines.index("<details><summary>1 resources</summary>")
    )
    assert as_markdown(difference()).splitlines()[0] == "# ✅ This change passes"


def test_cells_cannot_break_out():
    text = as_markdown(difference(resources=resources(1)))
    assert "  - `a\\|b`: — → &lt;x>" in text


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
        "  renamed (was old): aws:s3/bucket:Bucket new: loses every object in it",
        "  Flows opened",
        "    a -> b:1",
    ]
