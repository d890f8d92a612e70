from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.normalize import respelled
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, text


def patched(kind="Thing", *, type_="ThingPatch", **spec):
    inputs = {"apiVersion": "example.org/v1", "kind": kind, "metadata": {"name": "it"}, "spec": spec}
    return respelled(
        Resource(urn="urn:it", type=f"kubernetes:example.org/v1:{type_}", name="it", inputs=inputs)
    )


def said(resource, *, of_kinds=False):
    def check(found, _graph):
        if not flag(at(found.inputs, "spec.closed")):
            yield Offence(path="spec.closed", problem="is open")
        if at(found.inputs, "spec.owner") is None:
            yield Offence(path="spec.owner", problem="has no owner")
        if text(at(found.inputs, "spec.image")).endswith(":latest"):
            yield Offence(path="spec.image", problem="has a moving image")

    rule = Rule(
        id="r",
        applies_to=("kubernetes:example.org/v1:Thing",),
        why="",
        fix="",
        check=check,
        of_kinds=of_kinds,
    )
    judged = judge(Graph([resource]), [rule])
    return [f.message for f in judged.findings], [u.message for u in judged.undecided]


def test_a_patch_is_known_by_its_token():
    assert [patched().is_part, patched(type_="Thing").is_part] == [True, False]
    assert patched(kind="Other").is_part is False  # the token lies: a finding of its own


def test_a_patch_answers_only_for_what_it_says():
    assert said(patched(type_="Thing")) == (["spec.closed: is open", "spec.owner: has no owner"], [])
    assert said(patched()) == ([], [])
    assert said(patched(closed=True)) == ([], [])
    assert said(patched(closed=False)) == (["spec.closed: is open"], [])
    assert said(patched(closed="false")) == (["spec.closed: is open"], [])
    assert said(patched(image="x:latest")) == (["spec.image: has a moving image"], [])


def test_what_a_patch_says_and_nobody_knows_yet_is_undecided():
    assert said(patched(closed=UNKNOWN)) == ([], ["spec.closed is not known yet"])
