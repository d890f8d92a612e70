"""The sentence under the verdict, and stacks that are told once."""

from gate.difference.record import Difference, ResourceChange, StackDifference
from gate.difference.render import as_markdown
from gate.difference.summary import alike, in_short

CHANGED = ResourceChange(kind="changed", component="c", type="t", name="example-dev-x")


def stack(name, **parts):
    return StackDifference(stack=name, verdict_before="pass", verdict="pass", **parts)


def short(*stacks):
    return in_short(Difference(base="b", head="h", stacks=stacks))


def finding(level, message="m"):
    return {"rule": "r", "level": level, "urn": "u", "message": message, "waiver": "", "fix": ""}


def test_everything_a_reviewer_asks_for_is_one_sentence():
    told = stack(
        "dev",
        new_findings=[finding("mandatory"), finding("advisory")],
        gained=["a may now read b"],
        opened=["x"],
        kept=["y"],
    )
    assert short(told, stack("prod", gained=["b"]), stack("test")) == (
        "in dev, a mandatory rule breaks, advice is not followed, something becomes reachable, something is kept "
        "longer or shorter; in dev, prod, permissions are gained"
    )


def test_a_change_that_does_nothing_says_so_and_an_uncompared_one_says_nothing():
    assert short(stack("dev")) == "nothing differs in what the stacks are made of"
    assert short(stack("dev", resources=[CHANGED])) == (
        "resources differ, and no verdict, permission, flow, model or machine with them"
    )
    assert short(stack("dev", problem="compared with nothing")) == ""
    assert short() == ""


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
