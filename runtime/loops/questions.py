"""What policies are asked: each question with every attribute its action has, or nothing would be allowed."""

import math
from dataclasses import dataclass
from typing import Any, Final

from runtime.loops import moves
from runtime.loops.contract import Kind, Question, ReleaseFacts, Shares


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A person's answer as policies read it."""

    given: bool = False
    by: str = ""
    begun_by: str = ""
    four_eyes: bool = False
    no_approvers: tuple[str, ...] = ()

    def context(self, facts: ReleaseFacts | None = None) -> dict[str, bool]:
        """With ``facts`` also what the record says now, whatever it said when the run began."""
        hands = {self.begun_by, *self.no_approvers, *(facts.no_approvers if facts else ())} - {""}
        return {
            "given": self.given,
            "by_author": self.given and self.by in hands,
            "four_eyes": self.four_eyes or (facts is not None and facts.four_eyes),
        }


NOBODY: Final = Approval()
"""Nobody was asked, or nobody answered."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks about which model, and what a person said."""

    kind: Kind
    model: str
    environment: str
    approval: Approval = NOBODY

    def question(self, action: str, **context: Any) -> Question:
        return Question(
            principal=self.kind,
            action=action,
            resource=self.model,
            context={"environment": self.environment, **context},
        )


def step(
    asking: Asking,
    *,
    share: int,
    now: int,
    held: bool,
    verdict: str,
    budget: dict[str, float],
    facts: ReleaseFacts,
    record: str,
) -> Question:
    """May the candidate have this share? The last step is a promotion."""
    return asking.question(
        "promote" if share == moves.WHOLE else "set-share",
        share=share,
        now=now,
        step_allowed=moves.is_next(facts.steps, now, share),
        held=held,
        verdict=verdict,
        promises=bool(budget),
        # Rounded down: a budget that is nearly spent counts as spent.
        budget_left=math.floor(100 * min(budget.values())) if budget else 100,
        release=facts.word,
        record_unchanged=facts.record == record,
        evaluation_fresh=facts.evaluation_fresh,
        open_incidents=facts.open_incidents,
        data_class=facts.data_class,
        approval=asking.approval.context(facts),
    )


def back(
    asking: Asking, *, reason: str, after: Shares, stable: str, candidate: str, in_window: bool
) -> Question:
    return asking.question(
        "roll-back",
        reason=reason,
        candidate=after.get(candidate, 0),
        stable=after.get(stable, 0),
        in_window=in_window,
    )


def away(
    asking: Asking, *, reason: str, severity: str, shares: Shares, version: str, facts: ReleaseFacts
) -> Question:
    """May this version's traffic go to the others?"""
    mine = shares.get(version, 0)
    return asking.question(
        "take-away",
        reason=reason,
        severity=severity,
        share=mine,
        others=moves.WHOLE - mine,
        is_stable=moves.is_stable(shares, version),
        target_known=moves.without(shares, version) is not None,
        release=facts.word,
        data_class=facts.data_class,
        approval=asking.approval.context(facts),
    )


def move(asking: Asking, *, reason: str, due: bool, successor: ReleaseFacts | None) -> Question:
    return asking.question(
        "move-callers",
        reason=reason,
        due=due,
        has_successor=successor is not None,
        successor=successor.word if successor else "",
        approval=asking.approval.context(successor),
    )


def down(asking: Asking, *, reason: str, share: int, requests: float) -> Question:
    return asking.question("tear-down", reason=reason, share=share, requests=math.ceil(requests))


def opened(asking: Asking, action: str, *, reason: str, severity: str) -> Question:
    return asking.question(action, reason=reason, severity=severity, approval=asking.approval.context())


def said(asking: Asking, event: str) -> Question:
    return asking.question("append-event", event=event)


def proposed(asking: Asking, change: str) -> Question:
    return asking.question("propose-change", event=change)


def measured(asking: Asking, *, readable: bool, by_maker: bool, matches: bool) -> Question:
    return asking.question(
        "evaluate", held_out_readable=readable, trained_by_evaluator=by_maker, digest_matches=matches
    )
