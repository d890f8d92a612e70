"""The few lines under the verdict, and stacks that are told once."""

from gate.difference.markdown import as_markdown
from gate.difference.record import Difference, ResourceChange, StackDifference
from gate.difference.summary import alike, does, in_short

CHANGED = ResourceChange(kind="changed", component="c", type="t", name="example-dev-x")


def stack(name, **parts):
    return StackDifference(stack=name, verdict_before="pass", verdict="pass", **parts)


def finding(level):
    return {"rule": "r", "level": level, "urn": "u", "message": "m", "waiver": "", "fix": ""}


def test_what_a_change_does_is_said_gravest_first():
    one = stack("dev", kept=["k"], gained=["g"], new_findings=[finding("mandatory")])
    two = stack("prod", closed=["c"], undecided=[finding("mandatory")])
    assert does(Difference(base="b", head="h", stacks=[one, two])) == [
        "breaks a mandatory rule",
        "leaves a rule undecided",
        "widens access",
        "changes how long something is kept",
        "takes access away",
    ]
    advice = stack("dev", new_findings=[finding("advisory")])
    assert does(Difference(base="b", head="h", stacks=[advice])) == []


def test_a_few_things_are_told_and_many_counted():
    assert in_short(stack("dev", kept=["k"], gained=["long b", "a"], opened=["x", "y", "z"])) == [
        "a",
        "long b",
        "x",
        "2 more ways are opened",
        "k",
    ]
    assert in_short(stack("dev", lost=["a b, only if c", "a d", "a b, only if e"])) == [
        "a d",
        "2 more permissions are lost",
    ]


def test_resources_that_change_nothing_else_are_said_to():
    assert in_short(stack("dev", resources=[CHANGED])) == [
        "1 resource differs, and no finding, permission, flow, model or machine with it"
    ]
    assert in_short(stack("dev", resources=[CHANGED] * 2)) == [
        "2 resources differ, and no finding, permission, flow, model or machine with them"
    ]
    assert in_short(stack("dev", resources=[CHANGED], opened=["x"])) == ["x"]
    assert in_short(stack("dev")) == []


def test_stacks_alike_but_for_their_names_are_told_once():
    dev, prod = (stack(n, gained=[f"example-{n}-karpenter may now use x"]) for n in ("dev", "prod"))
    other = stack("test", gained=["example-test-karpenter may now use y"])
    assert [(s.stack, others) for s, others in alike([dev, prod, other])] == [("dev", ["prod"]), ("test", [])]
    text = as_markdown(Difference(base="b", head="h", stacks=[dev, prod, other]))
    assert "## dev, prod\n\nAlike in all of them but for their own names; told for dev.\n" in text
    assert text.count("karpenter may now use x") == 1


def test_a_name_within_another_word_makes_no_two_stacks_alike():
    one, other = stack("dev", opened=["developer to a"]), stack("prod", opened=["prodeloper to a"])
    assert len(alike([one, other])) == 2


def test_identifiers_by_chance_are_no_difference_between_stacks():
    ids = ("ccbab8cc-0620-034b-c9d2-2e6d835ca6f6", "b90444fe-1c0d-1822-cce2-8b6112580960")
    one, other = (stack(n, opened=[f"key/{i}"]) for n, i in zip(("dev", "prod"), ids, strict=True))
    assert len(alike([one, other])) == 1
