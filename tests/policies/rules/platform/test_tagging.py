import pytest

from facts.tags import Tag
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.platform.tagging import PLATFORM, TAGGED
from tests.captured import STACKS, captured
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

ALL = {
    "owner": "ml-platform",
    "environment": "dev",
    "stack": "dev",
    "cost-center": "ml",
    "component": "Bucket",
}
BUCKET = "aws:s3/bucket:Bucket"


def bucket(**inputs):
    return resource(BUCKET, inputs)


CASES = {
    "resources-say-who-owns-them": RuleCases(
        passing=[
            Case(bucket(tagsAll=ALL | {"Name": "models"})),
            Case(bucket(tags=ALL)),
            Case(bucket(tags={"Name": "models"}, tagsAll=ALL)),
        ],
        failing=[
            Case(bucket(), [OURS], [f"tagsAll.{key}: is not set" for key in Tag]),
            Case(
                bucket(tagsAll={k: v for k, v in ALL.items() if k != "component"}),
                [OURS],
                ["tagsAll.component: is not set"],
            ),
            Case(bucket(tags=ALL, tagsAll=ALL | {"owner": " "}), [OURS], ["tagsAll.owner: is not set"]),
            Case(
                bucket(tags={k.title(): v for k, v in ALL.items()}),
                [OURS],
                [f"tagsAll.{key}: is not set" for key in Tag],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "models"}))],
        undecided=[
            Case(bucket(tagsAll=UNKNOWN), [OURS]),
            Case(bucket(tagsAll=ALL | {"owner": UNKNOWN}), [OURS]),
        ],
    )
}

test_cases = cases_test(PLATFORM, CASES)


def test_a_stack_with_all_tags_on_one_resource_owes_them_on_every_other():
    other = resource(BUCKET, {"tags": ALL}, "other")
    found = judge(Graph([bucket(), other]), PLATFORM).findings
    assert [f.message for f in found] == sorted(f"tagsAll.{key}: is not set" for key in Tag)


def test_what_is_judged_is_what_the_stacks_tag():
    """A type that AWS can tag and that somebody makes is judged; one that nobody makes is not listed."""
    tagged = {r.type for stack in STACKS for r in captured(stack).graph if r.custom and "tagsAll" in r.inputs}

    assert tagged == set(TAGGED)


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_that_can_be_tagged_says_who_answers_for_it(stack):
    platform = {"environment": stack.partition("-")[0], "stack": stack}
    for made in captured(stack).graph.of_type(*TAGGED):
        assert platform.items() <= made.inputs["tagsAll"].items(), made.name
        assert made.inputs["tagsAll"]["component"], made.name
