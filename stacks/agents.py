"""Whether the agents a stack names may run there, and think with what it serves."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from components.agents.agent_settings import AgentSettings
from components.agents.chosen import ChosenAgent
from components.agents.parts import begins_runs, places
from components.loops.workers import LoopsSettings
from components.models.settings import ModelSettings
from facts.explain import did_you_mean
from releases.agent import Agent
from releases.agent_files import agent_files
from releases.agent_load import Agents, LoadedAgent, Models, find_agent
from releases.agent_measured import answering, figure_problems
from releases.checks import Environment, state_problems, stranger_problems
from releases.load import LoadedRelease
from releases.record_file import ReleaseError
from releases.trust import agent_trust_problems


def problems_of_agents(
    agents: Mapping[str, AgentSettings],
    models: Mapping[str, ModelSettings],
    found: tuple[Models, Agents],
    loops: LoopsSettings | None,
    environment: Environment,
) -> Iterator[str]:
    """Everything against a stack's agents, and against the one that alerts begin; ``loops`` may be an upstream's."""
    yield from agent_problems(agents, models, found, has_loops=loops is not None, environment=environment)
    yield from triage_problems(loops, agents, runs_models=bool(models))


def agent_problems(
    agents: Mapping[str, AgentSettings],
    models: Mapping[str, ModelSettings],
    found: tuple[Models, Agents],
    *,
    has_loops: bool,
    environment: Environment,
) -> Iterator[str]:
    """One line for each reason against a stack's choice of agents."""
    for name, settings in sorted(agents.items()):
        path = f"agents.{name}"
        if not models:
            yield f"{path}: stands in the stack that runs its model, since it is a caller of it; this one runs none"
            continue
        try:
            loaded = find_agent(found[1], name, settings.version)
        except ReleaseError as error:
            yield from (f"{path}.version: {problem}" for problem in error.problems)
            continue
        for against in (
            *state_problems(loaded),
            *stranger_problems(loaded, environment.account),
            *agent_trust_problems(loaded, signed_only=environment.signed_decisions),
        ):
            yield f"{path}.version: {against}"
        yield from _model_problems(path, settings, loaded.agent, models)
        for unproved in figure_problems(loaded, _served(loaded, models, found[0])):
            yield f"{path}.version: {unproved}"
        yield from _address_problems(path, settings, loaded.agent)
        if begins_runs(loaded.agent) and not has_loops:
            yield f"{path}: a tool of it begins runs of the loops; add loops, here or upstream"


def triage_problems(
    loops: LoopsSettings | None, agents: Mapping[str, AgentSettings], *, runs_models: bool
) -> Iterator[str]:
    """What speaks against the agent that alerts begin: nothing would take its runs from their queue.

    Args:
        loops: of this stack, or of one above it.
        agents: of this stack.
        runs_models: whether agents can stand here; where they cannot, the stack below that has them is asked.
    """
    triage = loops.triage if loops is not None else None
    if triage is None or not runs_models:
        return
    if triage.agent not in agents:
        there = did_you_mean(triage.agent, sorted(agents), few="agents hold")
        yield (
            f"loops.triage.agent: no agent of this stack: alerts would begin runs that nothing works on"
            f"{f'; {there}' if there else '; add it to agents, or leave triage out'} (got {triage.agent!r})"
        )
    elif agents[triage.agent].version != triage.version:
        yield (
            f"loops.triage.version: should be {agents[triage.agent].version}, which agents.{triage.agent} runs "
            f"(got {triage.version!r})"
        )


def _model_problems(
    path: str, settings: AgentSettings, agent: Agent, models: Mapping[str, ModelSettings]
) -> Iterator[str]:
    served = models.get(agent.model.name)
    if served is None:
        yield (
            f"{path}: thinks with {agent.model.in_words}, and models hold {', '.join(sorted(models))}; "
            f"serve it here, or leave the agent out"
        )
        return
    beyond = [
        version
        for version in (served.traffic.stable, served.traffic.candidate)
        if version and not agent.model.holds(version)
    ]
    for version in beyond:
        yield (
            f"{path}: may think with {agent.model.in_words}, and models.{agent.model.name}.traffic answers with "
            f"{version}; release a version of the agent that was evaluated with it"
        )
    if settings.callers.reason == settings.callers.plan:
        yield (
            f"{path}.callers.plan: should be another caller than reason's: each part has an identity of its own "
            f"(got {settings.callers.plan!r})"
        )
    for part in ("reason", "plan"):
        caller = getattr(settings.callers, part)
        if caller not in served.callers:
            hint = did_you_mean(caller, sorted(served.callers), few="there are")
            yield (
                f"{path}.callers.{part}: no caller of models.{agent.model.name}: nothing would limit its tokens"
                f"{f'; {hint}' if hint else ''} (got {caller!r})"
            )


def _served(
    loaded: LoadedAgent, models: Mapping[str, ModelSettings], releases: Models
) -> list[LoadedRelease]:
    name = loaded.agent.model.name
    if name not in models:
        return []
    traffic = models[name].traffic
    return answering(loaded, releases.get(name, {}), traffic.stable, traffic.candidate)


def _address_problems(path: str, settings: AgentSettings, agent: Agent) -> Iterator[str]:
    """Every host outside the cluster has addresses, and no other one."""
    outside = {place.host for place in places(agent) if not place.namespace}
    for host in sorted(outside - set(settings.addresses)):
        yield f"{path}.addresses.{host}: is required: a tool of {agent.identity} reaches it, and no way leads there"
    for host in sorted(set(settings.addresses) - outside):
        there = ", ".join(sorted(outside)) or "none"
        yield f"{path}.addresses.{host}: no tool of {agent.identity} reaches it; hosts outside the cluster are {there}"


def agents_of(
    agents: Mapping[str, AgentSettings], models: Mapping[str, ModelSettings], found: Agents, releases: Path
) -> Mapping[str, ChosenAgent]:
    """The agents of a stack; :func:`agent_problems` has found nothing against them."""
    chosen = {}
    for name, settings in sorted(agents.items()):
        loaded = find_agent(found, name, settings.version)
        # A run of the loops is begun from the record of whatever model it is about.
        read = sorted(models) if begins_runs(loaded.agent) else [loaded.agent.model.name]
        files = agent_files(releases, name, read)
        chosen[name] = ChosenAgent(settings=settings, loaded=loaded, files=files)
    return chosen
