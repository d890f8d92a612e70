"""What policies answer about every kind of call."""

from pathlib import Path

import pytest

from runtime.loops.contract import Question
from runtime.loops.policy.cedar import CedarPolicies

POLICIES = CedarPolicies.load(Path(__file__).parents[4] / "policies" / "actions")
NOBODY = dict.fromkeys(
    ("needed", "given", "this_step", "in_time", "by_group", "by_author", "beforehand"), False
)
NEEDED = NOBODY | {"needed": True}
YES = NEEDED | {"given": True, "this_step": True, "in_time": True, "by_group": True}
USE = {
    "environment": "dev",
    "version": "v1",
    "release": "approved",
    "record_unchanged": True,
    "effect": "read",
    "undoable": False,
    "undoing": False,
    "as_shown": True,
    "arguments_fit": True,
    "arguments": ["mail=m1"],
    "spends_cents": 0,
    "left": {"steps": 1, "cents": 1, "tokens": 1, "seconds": 1},
    "data_class": "internal",
    "class_allowed": True,
    "suspect": False,
    "read_only": False,
    "hour": 12,
    "weekday": 1,
    "approval": NOBODY,
}
REVERSIBLE = {"effect": "reversible", "undoable": True}
FINAL = {"effect": "irreversible", "approval": NEEDED}
LEFT = USE["left"]
ASKS = ("a-person-is-asked-before-an-effect",)
SHOWN = ("what-acts-is-what-was-shown",)
BOUND = ("a-budget-is-a-bound",)


@pytest.mark.parametrize(
    ("changes", "answer", "policies"),
    [
        ({}, "allowed", ("an-agent-reads-what-its-record-names",)),
        ({"approval": NEEDED}, "ask", ASKS),
        ({"suspect": True}, "allowed", ("an-agent-reads-what-its-record-names",)),
        (REVERSIBLE, "allowed", ("what-can-be-undone-needs-nobody",)),
        ({**REVERSIBLE, "undoable": False}, "refused", ()),
        ({**REVERSIBLE, "suspect": True}, "ask", ASKS),
        ({**REVERSIBLE, "approval": NEEDED}, "ask", ASKS),
        ({**REVERSIBLE, "suspect": True, "approval": YES}, "allowed", ("a-person-approved-this-step",)),
        (FINAL, "ask", ASKS),
        ({**FINAL, "approval": NOBODY}, "refused", ()),
        ({**FINAL, "approval": YES}, "allowed", ("a-person-approved-this-step",)),
        *[
            ({**FINAL, "approval": YES | {name: False}}, "refused", ())
            for name in ("this_step", "in_time", "by_group")
        ],
        ({**FINAL, "approval": YES | {"by_author": True}}, "refused", ()),
        (
            {**FINAL, "approval": NEEDED | {"beforehand": True}},
            "allowed",
            ("the-record-approves-such-a-call",),
        ),
        ({**FINAL, "approval": NEEDED | {"beforehand": True}, "suspect": True}, "ask", ASKS),
        *[({name: False}, "refused", SHOWN) for name in ("as_shown", "arguments_fit", "class_allowed")],
        ({**FINAL, "approval": YES, "as_shown": False}, "refused", SHOWN),
        *[
            ({"left": LEFT | {name: -1}}, "refused", BOUND)
            for name in ("steps", "cents", "tokens", "seconds")
        ],
        ({"left": LEFT | {"seconds": 0}}, "refused", BOUND),
        ({"release": "revoked"}, "refused", ("an-agent-is-approved-and-its-record-is-that-of-the-run",)),
        ({"record_unchanged": False}, "refused", ("an-agent-is-approved-and-its-record-is-that-of-the-run",)),
        ({**REVERSIBLE, "read_only": True}, "refused", ("a-run-that-only-reads-changes-nothing",)),
        (
            {**REVERSIBLE, "undoing": True, "release": "revoked", "left": dict.fromkeys(LEFT, -1)},
            "allowed",
            ("what-was-done-may-be-undone",),
        ),
        ({**REVERSIBLE, "undoing": True, "read_only": True}, "allowed", ("what-was-done-may-be-undone",)),
        ({**FINAL, "undoing": True, "approval": NOBODY}, "refused", ()),
    ],
)
def test_what_an_agent_may_do(changes, answer, policies):
    said = POLICIES.decide(question(**changes))

    assert (said.answer, said.policies, said.problems) == (answer, policies, ())


@pytest.mark.parametrize("missing", sorted(USE))
def test_whatever_is_missing_denies(missing):
    asked = question()
    said = POLICIES.decide(
        Question(
            principal=asked.principal,
            action=asked.action,
            resource=asked.resource,
            context={k: v for k, v in asked.context.items() if k != missing},
            principal_type="Agent",
            resource_type="Tool",
        )
    )

    assert said.answer == "refused"
    assert said.problems


def test_a_workflow_uses_no_tools_and_an_agent_moves_no_shares():
    asked = question()
    for principal, action, resource in (("Workflow", "use-tool", "Tool"), ("Agent", "set-share", "Model")):
        said = POLICIES.decide(
            Question(
                principal="support-mail",
                action=action,
                resource="x",
                context=asked.context,
                principal_type=principal,
                resource_type=resource,
            )
        )
        assert said.answer == "refused"


def question(**changes):
    return Question(
        principal="support-mail",
        action="use-tool",
        resource="send-mail",
        context={**USE, **changes},
        principal_type="Agent",
        resource_type="Tool",
    )
