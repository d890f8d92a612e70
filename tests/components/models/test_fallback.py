"""What the edge does of a release's fail-soft plan, and what of one it cannot do."""

from components.models.fallback import FailSoftPlan, fail_soft_plan, fail_soft_problems
from releases.fail_soft import CachedAnswer, PoliteRefusal, SmallerModel

MINI = SmallerModel(kind="smaller-model", model="mini")
MEDIUM = SmallerModel(kind="smaller-model", model="medium")
SORRY = PoliteRefusal(kind="polite-refusal", message="Busy.", retry_after_seconds=90)
OLD = CachedAnswer(kind="cached-answer", at_most_minutes=5)
TASKS = {"big": "chat", "mini": "chat", "vectors": "text-embedding"}


def problems(*steps, task="chat"):
    return list(fail_soft_problems(steps, task, TASKS))


def test_a_plan_keeps_its_order():
    assert fail_soft_plan([MEDIUM, MINI, SORRY]) == FailSoftPlan(
        smaller_models=("medium", "mini"), refusal="Busy.", retry_after_seconds=90
    )
    assert fail_soft_plan([MINI]) == FailSoftPlan(smaller_models=("mini",))
    assert fail_soft_plan([]) == FailSoftPlan()


def test_what_can_be_done_is_not_refused():
    assert problems(MINI, SORRY) == []
    assert problems(SORRY, task="tabular") == []


def test_answers_that_nobody_keeps_are_refused():
    assert problems(OLD, SORRY) == [
        (
            "fail_soft.0: nothing here keeps answers (Envoy Gateway 1.8.1 and Envoy AI Gateway 1.0.0 have no cache); "
            "run a version whose plan has no cached-answer"
        )
    ]


def test_a_smaller_model_stands_in_the_stack_and_does_the_same():
    vectors = SmallerModel(kind="smaller-model", model="vectors")
    assert problems(MINI, MEDIUM, vectors) == [
        (
            "fail_soft.1.model: not in this stack, so it could not answer; models for chat here: big, mini "
            "(got 'medium')"
        ),
        "fail_soft.2.model: vectors does text-embedding, and its callers ask for chat",
    ]


def test_only_answers_in_words_can_come_from_another_model():
    assert problems(MINI, task="text-embedding") == [
        (
            "fail_soft.0: a smaller model can stand in for chat and text generation only: vectors of two models "
            "cannot be compared (got task 'text-embedding')"
        )
    ]
    assert problems(MINI, task="tabular") == [
        (
            "fail_soft.0: a smaller model can stand in for chat and text generation only: inputs differ "
            "(got task 'tabular')"
        )
    ]
