"""The record of an agent: everything that would make it ungovernable is refused, all at once, with a way out."""

from typing import Any

import pytest

from releases.agent import Agent
from releases.record_file import validated
from tests.releases.agents_examples import agent


def problems(change: dict[str, Any] | None = None, remove: tuple[str, ...] = ()) -> list[str]:
    said: list[str] = []
    validated(Agent, agent(change, remove), "a", said)
    return [line.removeprefix("a: ") for line in said]


def test_the_example_is_an_agent() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("change", "remove", "expected"),
    [
        ({}, ("tools.refund.arguments",), ["tools.refund.arguments: is required"]),
        (
            {"tools.refund.arguments.additionalProperties": True},
            (),
            ["tools.refund.arguments.additionalProperties: should be False (got true)"],
        ),
        (
            {"tools.refund.arguments.properties.order": {"type": "string"}},
            (),
            ["tools.refund.arguments.properties.order: admits any text; state maxLength or enum"],
        ),
        (
            {"tools.read-mail.arguments.properties.mail": {}},
            (),
            ["tools.read-mail.arguments.properties.mail: type is required"],
        ),
        (
            {},
            ("tools.refund.arguments.properties.amount_cents.maximum",),
            ["tools.refund.arguments.properties.amount_cents.maximum: is required"],
        ),
        (
            {"tools.open-ticket.effect.compensation.tool": "burn-ticket"},
            (),
            [
                (
                    "tools.open-ticket.effect.compensation.tool: should be a tool of this agent, one of open-ticket, "
                    "close-ticket, reopen-ticket (got 'burn-ticket')"
                )
            ],
        ),
        (
            {},
            ("tools.open-ticket.effect.compensation",),
            ["tools.open-ticket.effect.compensation: is required"],
        ),
        (
            {
                "tools.open-ticket.effect.compensation": {
                    "tool": "refund",
                    "arguments": {"order": "answer.ticket", "amount_cents": "answer.ticket"},
                }
            },
            (),
            [
                (
                    "tools.open-ticket.effect.compensation.tool: should be reversible itself: what undoes must be "
                    "able to be undone (got 'refund', which is irreversible); call this tool irreversible instead"
                ),
                (
                    "tools.open-ticket.effect.compensation.arguments.amount_cents: should be of type integer "
                    "(got 'answer.ticket', of type string)"
                ),
            ],
        ),
        (
            {"tools.open-ticket.effect.compensation.arguments": {"tocket": "answer.ticket"}},
            (),
            [
                "tools.open-ticket.effect.compensation.arguments.ticket: is required by close-ticket",
                (
                    "tools.open-ticket.effect.compensation.arguments.tocket: unknown key; close-ticket takes ticket "
                    "(got 'answer.ticket')"
                ),
            ],
        ),
        (
            {"tools.open-ticket.effect.compensation.arguments.ticket": "answer.number"},
            (),
            [
                (
                    "tools.open-ticket.effect.compensation.arguments.ticket: should be one of answer.ticket "
                    "(got 'answer.number')"
                )
            ],
        ),
        ({"budgets.steps": 0}, (), ["budgets.steps: should be at least 1 (got 0)"]),
        ({}, ("budgets.tokens",), ["budgets.tokens: is required"]),
        ({}, ("budgets",), ["budgets: is required"]),
        (
            {"budgets.tokens": 9999},
            (),
            [
                "budgets.tokens: should be at least 10000: one round is 2 calls of 5000 tokens (got 9999)",
            ],
        ),
        (
            {"budgets.money_cents": 9000},
            (),
            [
                (
                    "tools.refund: one call may cost 10000 cents, more than the 9000 of budgets.money_cents; "
                    "lower the argument's maximum"
                )
            ],
        ),
        (
            {"approvals.0.within_minutes": 1440},
            (),
            [
                (
                    "approvals.0.within_minutes: should be below the 1440 of budgets.wall_minutes, or the run ends "
                    "before anybody may answer (got 1440)"
                )
            ],
        ),
        (
            {"approvals": []},
            (),
            [
                (
                    "tools.send-mail.effect: is irreversible, and no entry of approvals names irreversible; "
                    "say whose yes it needs"
                ),
                (
                    "tools.refund.effect: is irreversible, and no entry of approvals names irreversible; "
                    "say whose yes it needs"
                ),
            ],
        ),
        (
            {"owner": "support-leads"},
            (),
            [
                (
                    "approvals.0.by: should be another group than the owner, who does not approve the own agent's "
                    "acts (got 'support-leads')"
                )
            ],
        ),
        (
            {"tools.send-mail.repeats": "safe"},
            (),
            [
                (
                    "tools.send-mail.repeats: should be 'key' or 'never' for a tool that changes something: a retry "
                    "after a lost answer would do it twice (got 'safe')"
                )
            ],
        ),
        ({"queue": "remedy"}, (), ["queue: is the platform's own; name another (got 'remedy')"]),
        (
            {"model.below": "v1"},
            (),
            ["model: below should be after at_least (v1) (got 'v1')"],
        ),
        (
            {},
            ("memory.retention_days.confidential",),
            ["memory.retention_days.confidential: is required: the agent holds data of this class"],
        ),
        (
            {"tools.refund.reaches": "https://payments.support.svc/v1"},
            (),
            [
                (
                    "tools.refund.reaches: should be a server without a path, such as https://mail.support.svc:8443, "
                    "or run://remedy or run://rollout (got 'https://payments.support.svc/v1')"
                )
            ],
        ),
        (
            {"approvals.0.unless": [{"tool": "open-ticket", "calls": 1}, {"tool": "refund", "calls": 1}]},
            (),
            [
                "approvals.0.unless.0.tool: should be one of send-mail, refund (got 'open-ticket')",
                "approvals.0.unless.1.at_most_cents: is required: refund spends money",
            ],
        ),
    ],
)
def test_what_nobody_could_govern_is_refused(
    change: dict[str, Any], remove: tuple[str, ...], expected: list[str]
) -> None:
    assert problems(change, remove) == expected


def test_every_problem_is_said_at_once() -> None:
    said = problems({"approvals": [], "queue": "drift", "tools.send-mail.repeats": "safe"})

    assert [line.partition(":")[0] for line in said] == [
        "tools.send-mail.repeats",
        "tools.send-mail.effect",
        "tools.refund.effect",
        "queue",
    ]


def test_a_pre_approval_is_of_its_tool_alone() -> None:
    record = Agent.model_validate(agent())

    refund = record.pre_approval_of("refund")
    assert refund is not None
    assert (refund.at_most_cents, refund.calls) == (2000, 1)
    assert record.pre_approval_of("send-mail") is None
    assert record.pre_approval_of("open-ticket") is None
