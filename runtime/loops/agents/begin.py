"""A run's request, made of the record: what bounds it is copied when it begins."""

from dataclasses import replace
from datetime import date
from typing import Any

from releases.agent import Agent
from releases.agent_limits import HandOver, ReadOnly
from runtime.loops.agents.contract import AgentRef, AgentRequest, Alerted, Limits, Note
from runtime.loops.agents.records import AgentsPort, Known
from runtime.loops.agents.store import StorePort, digest_of

_MINUTE = 60.0


def agent_run(agent: str, task: str) -> str:
    """One a task: whoever asks for the same thing twice gets the same run."""
    return f"agent-{agent}-{task}"


def agent_request(
    agents: AgentsPort,
    store: StorePort,
    *,
    agent: str,
    version: str,
    task: Any,
    environment: str,
    begun_by: str,
    today: date,
    minute_seconds: float = _MINUTE,
) -> AgentRequest:
    """The request of a run. The task goes to the store: history has its digest."""
    known = agents.known(agent, version, today)
    digest = store.put(task, known.agent.data_class, today)
    return _request(known, digest, (environment, begun_by), minute_seconds)


def alerted_request(
    known: Known,
    alerted: Alerted,
    *,
    environment: str,
    begun_by: str,
    minute_seconds: float = _MINUTE,
) -> AgentRequest:
    """The request of a run that an alert begins: its task goes with it, and whoever acts puts it into the store."""
    request = _request(known, digest_of(alerted.task()), (environment, begun_by), minute_seconds)
    return replace(request, alerted=alerted)


def _request(known: Known, task: str, begun: tuple[str, str], minute_seconds: float) -> AgentRequest:
    agent = known.agent
    return AgentRequest(
        agent=AgentRef(agent=agent.agent, version=agent.version, record=known.record),
        task=Note(digest=task, what="task", data_class=agent.data_class),
        environment=begun[0],
        begun_by=begun[1],
        queue=agent.queue,
        limits=limits_of(agent, minute_seconds),
    )


def limits_of(agent: Agent, minute_seconds: float = _MINUTE) -> Limits:
    budgets, stop = agent.budgets, agent.stop
    return Limits(
        rounds=budgets.rounds,
        tokens=budgets.tokens,
        cents_per_million_tokens=agent.model.cents_per_million_tokens,
        wall_seconds=budgets.wall_minutes * minute_seconds,
        minute_seconds=minute_seconds,
        repetitions=stop.repetitions,
        rounds_without_news=stop.rounds_without_news,
        disagreements=stop.disagreements,
        read_only_first=any(isinstance(step, ReadOnly) for step in agent.fail_soft),
        hand_over_to=next((step.to for step in agent.fail_soft if isinstance(step, HandOver)), ""),
    )
