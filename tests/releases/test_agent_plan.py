"""The arithmetic of an agent's budgets, and its words."""

from releases.agent import Agent
from releases.agent_words import may
from tests.releases.agents_examples import agent


def test_the_most_that_a_run_uses_is_worked_out() -> None:
    plan = Agent.model_validate(agent()).plan

    assert (plan.tokens, plan.token_cents, plan.act_cents, plan.cents) == (40_000, 3, 100_000, 12_000)
    assert (plan.least_minutes, plan.cents_at_once) == (1, 600_000)
    assert plan.steps == (
        "tokens: 4 rounds x 2 calls x 5000 = 40000, at most 40000 = 40000",
        "tokens as money: 40000 x 60 / 10^6 = 3 cents",
        "acts: 10 steps x 10000 cents (refund) = 100000 cents",
        "a run: 3 + 100000 cents, at most 12000 = 12000 cents",
        "all runs at once: 50 x 12000 = 600000 cents",
        "time: 10 steps / 10 a minute (refund) = 1 min",
    )


def test_a_run_that_cannot_spend_its_budget_is_worked_out_below_it() -> None:
    plan = Agent.model_validate(
        agent({"budgets.steps": 1, "budgets.rounds": 1, "budgets.money_cents": 20_000})
    ).plan

    assert (plan.tokens, plan.token_cents, plan.act_cents, plan.cents) == (10_000, 1, 10_000, 10_001)


def test_an_agent_says_what_it_may_do() -> None:
    assert list(may(Agent.model_validate(agent()))) == [
        "call read-mail as mail-reader (changes nothing)",
        "call send-mail as mail-sender (nothing undoes it), after approval by support-leads within 8 h",
        "call open-ticket as ticket-clerk (close-ticket undoes it)",
        "call close-ticket as ticket-clerk (reopen-ticket undoes it)",
        "call reopen-ticket as ticket-clerk (close-ticket undoes it)",
        (
            "call refund as refund-clerk (nothing undoes it, up to 100.00 a call), after approval by support-leads "
            "within 8 h, but for the first call of up to 20.00 in a run"
        ),
        "use 10 steps, 40000 tokens, 120.00 and 24 h a run, 50 runs at once",
        "think with chat-8b v1 to before v4",
    ]
