"""Whether an agent was measured with the model that a stack serves for it: this record, the agreed tasks, lately.

What needs no clock refuses the stack file, so that neither a preview nor ``pulumi up`` builds an agent without figures,
or with those of another release of its model. How old figures are is asked by the gate, which has a date.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from releases.agent_load import LoadedAgent
from releases.dated import NEAR, Notice
from releases.evaluation import Agreed, Evaluation
from releases.events import EvaluationEvent
from releases.load import LoadedRelease
from releases.problem import Problem
from releases.text import number

RULE: Final = "release:agents-are-measured"


@dataclass(frozen=True)
class Figures:
    """An agent's latest figures with one release of its model, by metric; what a script said apart."""

    genuine: dict[str, Evaluation]
    scripted: dict[str, Evaluation]

    def counting(self, model: LoadedRelease) -> dict[str, Evaluation]:
        """A script counts for a model that nobody can ask: its record is illustrative, and runs in no real account."""
        is_shown = model.release.provenance == "illustrative"
        return self.scripted | self.genuine if is_shown else self.genuine


def answering(
    loaded: LoadedAgent, releases: Mapping[str, LoadedRelease], stable: str, candidate: str | None
) -> list[LoadedRelease]:
    """The releases of its model that answer an agent: those with a share that lie in its range."""
    shares = (stable, candidate or "")
    return [releases[v] for v in shares if v in releases and loaded.agent.model.holds(v)]


def figures_with(loaded: LoadedAgent, model: LoadedRelease) -> Figures:
    """Those of the agreed tasks that were measured with this very record of the model."""
    found = Figures({}, {})
    agreed = {figure.data for figure in loaded.agent.agreed}
    for figure in _said(loaded):
        used = figure.measured_with
        if used is None or figure.data not in agreed:
            continue
        if (used.release, used.record) == (_name(model), model.record_digest):
            (found.scripted if used.script else found.genuine)[figure.metric] = figure
    return found


def figure_problems(loaded: LoadedAgent, served: Sequence[LoadedRelease]) -> Iterator[Problem]:
    """What speaks against running an agent beside these releases of its model, whatever the day."""
    if loaded.agent.evaluations is None:
        yield Problem(
            "evaluation",
            f"{loaded.file}: evaluations",
            "states no suite that the agent must pass, and a stack runs no agent without one; write a new version "
            "that does (docs/agents.md)",
        )
        return
    for model in served:
        counting = figures_with(loaded, model).counting(model)
        missing = [agreed for agreed in loaded.agent.agreed if agreed.metric not in counting]
        if missing:
            yield _missing(loaded, model, missing)
        # By the record's floor: an event may have been stricter.
        yield from (
            _beyond(loaded, model, figure)
            for figure in counting.values()
            if not _agreed(loaded, figure).allows(figure.value)
        )


def age_notices(loaded: LoadedAgent, served: Sequence[LoadedRelease], today: date) -> Iterator[Notice]:
    """What a day makes of its figures: too old is mandatory, soon too old advisory.

    With an earlier release than it was measured with since, it stays advisory: the way back must not wait.
    """
    if loaded.agent.evaluations is None:
        return
    days = loaded.agent.evaluations.within_days
    for model in served:
        counting = figures_with(loaded, model).counting(model)
        if not counting:
            continue
        oldest = min(counting.values(), key=lambda figure: figure.date)
        ends = oldest.date + timedelta(days=days)
        if ends - min(NEAR, timedelta(days=days // 3)) > today:
            continue
        over = ends <= today
        yield Notice(
            rule=RULE,
            level="mandatory" if over and not _is_way_back(loaded, model) else "advisory",
            file=f"{loaded.where(oldest)}.date",
            message=(
                f"{loaded.agent.identity} was measured with {_name(model)} on {oldest.date}; {days} days are allowed, "
                f"{'which ended' if over else 'until'} {ends}"
            ),
            fix=f"Measure it again: {command(loaded, model)}.",
        )


def _is_way_back(loaded: LoadedAgent, model: LoadedRelease) -> bool:
    measured = [said.measured_with.release for said in _said(loaded) if said.measured_with is not None]
    return any(number(name.partition("/")[2]) > number(model.release.version) for name in measured)


def command(loaded: LoadedAgent, model: LoadedRelease) -> str:
    """What measures an agent with a release of its model."""
    agent = f"agents/{loaded.agent.agent}/{loaded.agent.version}"
    # A model of which only the form is shown answers nowhere.
    how = "--script FILE" if model.release.provenance == "illustrative" else "--endpoint URL"
    return f"slipway release evaluate {agent} --with {_name(model)} {how}"


def _said(loaded: LoadedAgent) -> Iterator[Evaluation]:
    """Every figure of this record, the earliest first; without those of its owner where others are asked for."""
    agent = loaded.agent
    by_others = agent.evaluations is not None and agent.evaluations.by_others
    for event in loaded.events:
        if not isinstance(event, EvaluationEvent) or event.record != loaded.record_digest:
            continue
        if not by_others or event.evaluation.by.partition("@")[0] != agent.owner:
            yield event.evaluation


def _missing(loaded: LoadedAgent, model: LoadedRelease, missing: Sequence[Agreed]) -> Problem:
    name = _name(model)
    others = sorted(
        {
            f"{said.measured_with.in_words} on {said.date}"
            for said in _said(loaded)
            if said.measured_with is not None
        }
    )
    metrics = ", ".join(figure.metric for figure in missing)
    stale = f" (measured with {', '.join(others)})" if others else ""
    by_others = loaded.agent.evaluations is not None and loaded.agent.evaluations.by_others
    return Problem(
        "evaluation",
        loaded.events_folder,
        f"no evaluation event{' by somebody else than its owner' if by_others else ''} says {metrics} "
        f"with {name}, which this stack serves{stale}; {command(loaded, model)}",
    )


def _beyond(loaded: LoadedAgent, model: LoadedRelease, figure: Evaluation) -> Problem:
    agreed = _agreed(loaded, figure)
    side = "below its floor" if figure.direction == "higher" else "above its ceiling"
    return Problem(
        "evaluation",
        f"{loaded.where(figure)}.value",
        f"{figure.suite} {figure.metric} is {figure.value:g} with {_name(model)} ({figure.date}), {side} "
        f"{agreed.floor:g}; "
        "run a version of the agent that holds it, or serve a release with which it does",
    )


def _agreed(loaded: LoadedAgent, figure: Evaluation) -> Agreed:
    return next(agreed for agreed in loaded.agent.agreed if agreed.data == figure.data)


def _name(model: LoadedRelease) -> str:
    return f"{model.release.model}/{model.release.version}"
