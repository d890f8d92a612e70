"""The committed policies: what they allow, ask and refuse, and that a folder that is wrong is named line by line."""

import shutil
import time
from pathlib import Path

import pytest

from runtime.loops.policy.cedar import CedarPolicies, PolicyError
from tests.runtime.loops.questions_examples import (
    AWAY,
    BACK,
    DOWN,
    MEASURED,
    MOVE,
    NOBODY,
    OPENED,
    STEP,
    asked,
)

FOLDER = Path(__file__).parents[4] / "policies" / "actions"
POLICIES = CedarPolicies.load(FOLDER)
GIVEN = NOBODY | {"given": True}
NEXT = "a-good-step-leads-to-the-next"
ASKS_PROD = "promotion-over-confidential-data-is-asked-for"
EYES = "who-began-it-does-not-approve-it"
CONFIDENTIAL = {"environment": "prod", "data_class": "confidential"}
ASKS_EYES = "promotion-is-asked-for-where-the-record-wants-four-eyes"
WANTED = NOBODY | {"four_eyes": True}
OTHER = GIVEN | {"four_eyes": True}
OWN = GIVEN | {"by_author": True, "four_eyes": True}


@pytest.mark.parametrize(
    ("question", "answer", "policies"),
    [
        (asked("rollout", "set-share", STEP), "allowed", (NEXT,)),
        (asked("rollout", "promote", STEP, verdict="good"), "allowed", (NEXT,)),
        (asked("rollout", "set-share", STEP, step_allowed=False), "refused", ()),
        (asked("rollout", "set-share", STEP, held=False), "refused", ()),
        (asked("rollout", "set-share", STEP, verdict="few"), "refused", ()),
        (asked("rollout", "set-share", STEP, verdict="worse"), "refused", ()),
        (asked("rollout", "set-share", STEP, evaluation_fresh=False), "refused", ()),
        (asked("rollout", "set-share", STEP, release="not approved"), "refused", ()),
        (asked("rollout", "set-share", STEP, record_unchanged=False), "refused", ()),
        (asked("rollout", "set-share", STEP, budget_left=0), "refused", ("no-step-on-a-spent-budget",)),
        (asked("rollout", "set-share", STEP, budget_left=0, promises=False), "allowed", (NEXT,)),
        (
            asked("rollout", "set-share", STEP, open_incidents=1),
            "refused",
            ("no-step-beside-an-open-incident",),
        ),
        (asked("rollout", "promote", STEP, **CONFIDENTIAL), "ask", (ASKS_PROD,)),
        (asked("rollout", "set-share", STEP, **CONFIDENTIAL), "allowed", (NEXT,)),
        (asked("rollout", "promote", STEP, **CONFIDENTIAL, approval=GIVEN), "allowed", (NEXT,)),
        (asked("rollout", "promote", STEP, **CONFIDENTIAL, approval=OWN), "refused", (EYES,)),
        (asked("rollout", "promote", STEP, environment="prod", approval=WANTED), "ask", (ASKS_EYES,)),
        (asked("rollout", "promote", STEP, environment="dev", approval=WANTED), "allowed", (NEXT,)),
        (asked("rollout", "promote", STEP, environment="prod", approval=OTHER), "allowed", (NEXT,)),
        (asked("rollout", "promote", STEP, environment="prod", approval=OWN), "refused", (EYES,)),
        (asked("remedy", "set-share", STEP), "refused", ()),
        (asked("rollout", "roll-back", BACK), "allowed", ("back-is-always-allowed",)),
        (asked("rollout", "roll-back", BACK, candidate=5), "refused", ()),
        (asked("rollout", "roll-back", BACK, in_window=False), "refused", ()),
        (asked("remedy", "take-away", AWAY), "allowed", ("a-canary-loses-its-traffic",)),
        (
            asked("remedy", "take-away", AWAY, is_stable=True),
            "ask",
            ("the-stable-stays-until-a-person-says-so",),
        ),
        (
            asked("remedy", "take-away", AWAY, is_stable=True, approval=GIVEN),
            "allowed",
            ("the-stable-goes-when-a-person-said-so",),
        ),
        (asked("remedy", "take-away", AWAY, is_stable=True, approval=OWN), "refused", (EYES,)),
        (asked("remedy", "take-away", AWAY, target_known=False), "refused", ()),
        (asked("drift", "take-away", AWAY), "ask", ("drift-asks-before-traffic-moves",)),
        (asked("evaluation", "take-away", AWAY), "refused", ()),
        (
            asked("end-of-life", "take-away", AWAY, release="revoked"),
            "allowed",
            ("what-is-revoked-answers-nobody",),
        ),
        (asked("end-of-life", "take-away", AWAY), "refused", ()),
        (
            asked("end-of-life", "move-callers", MOVE),
            "allowed",
            ("callers-move-to-an-approved-successor",),
        ),
        (asked("end-of-life", "move-callers", MOVE, due=False), "ask", ("an-early-move-is-asked-for",)),
        (asked("end-of-life", "move-callers", MOVE, successor="revoked"), "refused", ()),
        (asked("end-of-life", "tear-down", DOWN), "allowed", ("what-nobody-calls-is-taken-down",)),
        (asked("end-of-life", "tear-down", DOWN, requests=1), "refused", ()),
        (asked("drift", "open-retraining", OPENED), "allowed", ("drift-opens-a-ticket-or-an-incident",)),
        (asked("remedy", "open-retraining", OPENED), "refused", ()),
        (
            asked("evaluation", "evaluate", MEASURED),
            "allowed",
            ("what-is-measured-is-what-is-served",),
        ),
        (
            asked("evaluation", "evaluate", MEASURED, trained_by_evaluator=True),
            "refused",
            ("whoever-trained-it-does-not-measure-it",),
        ),
        (asked("evaluation", "evaluate", MEASURED, held_out_readable=False), "refused", ()),
        (
            asked("evaluation", "append-event", {"environment": "dev", "event": "evaluation"}),
            "allowed",
            ("an-evaluation-says-its-figure",),
        ),
        (asked("evaluation", "append-event", {"environment": "dev", "event": "approval"}), "refused", ()),
        (
            asked("rollout", "propose-change", {"environment": "dev", "event": "promotion"}),
            "allowed",
            ("stack-files-are-proposed-not-written",),
        ),
    ],
)
def test_what_is_decided_and_by_which_policy(question, answer, policies):
    decision = POLICIES.decide(question)
    assert (decision.answer, decision.policies, decision.problems) == (answer, policies, ())
    assert decision.policy_set == POLICIES.digest


@pytest.mark.parametrize(
    "context", [STEP, AWAY, BACK, MOVE, DOWN, OPENED, MEASURED], ids=lambda c: str(len(c))
)
def test_a_missing_attribute_refuses_whatever_it_is(context):
    action, principal = {
        id(STEP): ("set-share", "rollout"),
        id(AWAY): ("take-away", "remedy"),
        id(BACK): ("roll-back", "rollout"),
        id(MOVE): ("move-callers", "end-of-life"),
        id(DOWN): ("tear-down", "end-of-life"),
        id(OPENED): ("open-incident", "remedy"),
        id(MEASURED): ("evaluate", "evaluation"),
    }[id(context)]
    for missing in context:
        decision = POLICIES.decide(
            asked(principal, action, {k: v for k, v in context.items() if k != missing})
        )
        assert decision.answer == "refused"
        assert missing in decision.problems[0]


def test_a_wrong_type_or_an_action_nobody_knows_refuses():
    said = POLICIES.decide(asked("rollout", "set-share", STEP, share="5"))
    assert (said.answer, len(said.problems)) == ("refused", 1)
    unknown = POLICIES.decide(asked("rollout", "set-shares", STEP))
    assert (unknown.answer, "does not exist" in unknown.problems[0]) == ("refused", True)


def test_what_was_asked_has_a_digest_of_its_own():
    first, second = (POLICIES.decide(asked("rollout", "set-share", STEP, share=s)) for s in (5, 25))
    assert first.inputs != second.inputs
    assert first == POLICIES.decide(asked("rollout", "set-share", STEP))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "remedy.cedar",
            "context.others > 0",
            "context.othres > 0",
            "remedy.cedar:3: a-canary-loses-its-traffic: attribute `othres` in context",
        ),
        (
            "remedy.cedar",
            'Action::"take-away", resource)',
            'Action::"take-awy", resource)',
            "remedy.cedar:3: ",
        ),
        (
            "remedy.cedar",
            '@id("a-canary-loses-its-traffic")\n',
            "",
            'remedy.cedar:3: has no @id("..."), by which decisions would name it',
        ),
        (
            "remedy.cedar",
            "a-canary-loses-its-traffic",
            "an-alert-opens-an-incident",
            "remedy.cedar:18: @id 'an-alert-opens-an-incident' stands at remedy.cedar:3 already",
        ),
        ("remedy.cedar", "&& context.others", "&& && context.others", "remedy.cedar:3: "),
        ("remedy.cedar", '@answer("ask")', '@answer("perhaps")', "remedy.cedar:8: @answer should be "),
        ("schema.cedarschema", "entity Model", "entty Model", "schema.cedarschema: "),
    ],
)
def test_a_typo_is_named_with_file_and_line(tmp_path, file, old, new, said):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    with pytest.raises(PolicyError) as caught:
        CedarPolicies.load(tmp_path)
    assert any(line.startswith(said) for line in caught.value.problems), caught.value.problems


def test_a_folder_without_policies_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="cannot be read"):
        CedarPolicies.load(tmp_path)
    shutil.copy(FOLDER / "schema.cedarschema", tmp_path)
    with pytest.raises(PolicyError, match=r"holds no policy \(\*\.cedar\): nothing would be allowed$"):
        CedarPolicies.load(tmp_path)


def test_a_decision_takes_less_than_five_milliseconds():
    question = asked("remedy", "take-away", AWAY)
    begun = time.process_time()
    for _ in range(200):
        POLICIES.decide(question)
    assert (time.process_time() - begun) / 200 < 0.005
