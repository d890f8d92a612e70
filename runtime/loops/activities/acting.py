"""Activities that change something. Each asks policy itself, right before it acts: an answer of before may be old."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from temporalio import activity

from runtime.loops import moves, questions
from runtime.loops.contract import Appendix, Decision, Kind, Question, ReleaseFacts
from runtime.loops.ports import SharesMovedError
from runtime.loops.questions import Asking
from runtime.loops.steps import Acted, Change, Opening, Proposal, Saying
from runtime.loops.world import World


class BoundsError(Exception):
    """Shares that the record does not allow. No policy and no person makes them allowed."""


class RefusedError(Exception):
    """Policy does not let this kind of workflow do this."""


@dataclass(frozen=True)
class Acting:
    """Changes the world for workflows, as far as policy lets it."""

    world: World
    kind: Kind
    """The worker's own: it asks policy as nobody else, whatever a workflow says."""

    def all(self) -> Sequence[Callable[..., Any]]:
        return (self.decide, self.set_shares, self.append, self.propose, self.open)

    @activity.defn(name="decide")
    def decide(self, question: Question) -> Decision:
        self._own(question.principal)
        return self.world.policy.decide(question)

    @activity.defn(name="set-shares")
    def set_shares(self, change: Change) -> Acted:
        """Write shares if policy allows it now and nobody else wrote them meanwhile.

        Raises:
            BoundsError: the shares are no step of the record as it stands.
        """
        self._own(change.kind)
        model = change.release.model
        facts = self.world.releases.facts(model, change.release.version, change.today)
        _hold_bounds(change, facts)
        decision = self.world.policy.decide(self._question(change, facts))
        if change.target and not self._served(change):
            said = f"the fallback {change.target} may not be served any more"
            decision = replace(decision, answer="refused", problems=(*decision.problems, said))
        if not decision.allows:
            return Acted(done=False, decision=decision, shares=change.before)
        try:
            self.world.shares.write(model, change.after, change.before)
        except SharesMovedError as moved:
            return Acted(done=False, decision=decision, shares=moved.found, moved_by_others=True)
        return Acted(done=True, decision=decision, shares=change.after)

    def _served(self, change: Change) -> bool:
        """Whether the fallback may take over now: a person may have been waited for since it was chosen."""
        facts = self.world.releases.facts(change.release.model, change.target, change.today)
        return facts.word in moves.SERVED

    def _question(self, change: Change, facts: ReleaseFacts) -> Question:
        release = change.release
        asking = Asking(
            kind=change.kind,
            model=release.model,
            environment=change.environment,
            approval=change.approval,
        )
        match change.action:
            case "step" | "promotion":
                return questions.step(
                    asking,
                    share=change.after.get(release.version, 0),
                    now=change.before.get(release.version, 0),
                    held=change.held,
                    verdict=change.verdict,
                    budget=self.world.figures.budget_left(release.model),
                    facts=facts,
                    record=release.record,
                )
            case "rollback":
                return questions.back(
                    asking,
                    reason=change.reason,
                    after=change.after,
                    stable=change.stable,
                    candidate=release.version,
                    in_window=change.in_window,
                )
            case "take-away":
                return questions.away(
                    asking,
                    reason=change.reason,
                    severity=change.severity,
                    shares=change.before,
                    version=release.version,
                    facts=facts,
                )

    @activity.defn(name="append")
    def append(self, saying: Saying) -> str:
        """Append the event, once however often this is tried; the name of its file."""
        self._allowed(questions.said(_asking(saying), str(saying.event.get("kind"))))
        appendix = Appendix(release=saying.release, run=saying.run, step=saying.step, event=saying.event)
        return self.world.events.append(appendix)

    @activity.defn(name="propose")
    def propose(self, proposal: Proposal) -> str:
        """Propose a change of a stack file; where it can be read."""
        self._allowed(questions.proposed(_asking(proposal), proposal.what))
        title = f"{proposal.release.identity}: {proposal.what}"
        return self.world.proposals.propose(proposal.run, title, proposal.change)

    @activity.defn(name="open")
    def open(self, opening: Opening) -> Decision:
        """Open what people have to do; who decided that it may be opened."""
        release = opening.release
        question = questions.opened(
            _asking(opening), opening.action, reason=opening.reason, severity=opening.severity
        )
        decision = self._allowed(question)
        if opening.title:
            title = f"{release.identity}: {opening.title}"
            self.world.proposals.propose(opening.run, title, opening.what)
        return decision

    def _own(self, kind: str) -> None:
        if kind != self.kind:
            raise RefusedError(f"a worker of {self.kind} does not act as {kind}")

    def _allowed(self, question: Question) -> Decision:
        self._own(question.principal)
        decision = self.world.policy.decide(question)
        if not decision.allows:
            said = ", ".join([*decision.policies, *decision.problems]) or "no policy permits it"
            raise RefusedError(f"{question.principal} may not {question.action}: {said}")
        return decision


def _asking(what: Saying | Proposal | Opening) -> Asking:
    return Asking(kind=what.kind, model=what.release.model, environment=what.environment)


def _hold_bounds(change: Change, facts: ReleaseFacts) -> None:
    """Beneath all policies: shares are whole, a step is one of the record's, and everything else takes traffic away."""
    said = moves.problem(change.after)
    version = change.release.version
    before, after = change.before.get(version, 0), change.after.get(version, 0)
    if not said and change.action in ("step", "promotion"):
        if not moves.is_next(facts.steps, before, after):
            said = f"{after} per cent is not the step after {before} in {list(facts.steps)}"
        elif not moves.same(change.after, moves.step(change.stable, version, after)):
            said = f"a step is between {change.stable} and {version} alone (got {change.after})"
    elif not said and after != 0 and not moves.same(change.before, change.after):
        said = f"{change.action} takes all traffic of {version} away (got {change.after})"
    if not said and change.target:
        if change.action != "take-away" or change.target != facts.fallback:
            named = facts.fallback or "none"
            said = f"{change.target} is not the fallback that the record of {version} names ({named})"
        elif not moves.same(change.after, moves.over(change.before, version, change.target)):
            said = f"all of {version} goes to {change.target}, and nothing else moves (got {change.after})"
    if said:
        raise BoundsError(f"{change.release.model}: {said}")
