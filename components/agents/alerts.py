"""What wakes somebody about agents: queues without workers, runs that could not go back, and what each promises."""

from collections.abc import Iterable
from typing import Any, Final

from components.agents.parts import PARTS, labels, meta
from components.foundation.well_known import AGENTS, OBSERVABILITY
from components.observability.platform_alerts import Alert
from components.observability.slo.rules import Measured, Promise, groups
from releases.agent import Agent
from releases.agent_objectives import BAD, GOOD

_OVER: Final = "5m"


def alerts(agents: Iterable[Agent]) -> list[Alert]:
    """The platform's alerts about the agents of a stack."""
    queues = "|".join(f"{agent.queue}-{part}" for agent in agents for part in PARTS)
    return [
        Alert(
            name="AgentWithoutWorker",
            expression=f'sum by (taskqueue) (increase(no_poller_tasks{{taskqueue=~"{queues}"}}[10m])) > 0',
            lasts="10m",
            severity="warning",
            plane="control",
            dashboard="agents",
            summary="A part of an agent works on nothing: its runs stand still, and questions to people are not asked",
        ),
        Alert(
            name="AgentRunStuck",
            expression='sum by (agent, version) (increase(slipway_agent_runs{result="stuck"}[1h])) > 0',
            lasts="1m",
            severity="critical",
            plane="control",
            dashboard="agents",
            summary="A run of an agent changed something and could not undo it: people have to",
        ),
    ]


def agents_rules(agents: Iterable[Agent]) -> dict[str, Any]:
    """The alerts, and each agent's objectives, as one object."""
    chosen = sorted(agents, key=lambda agent: agent.agent)
    own = {"name": "slipway-agents", "rules": [alert.rule() for alert in alerts(chosen)]}
    promised = [group for agent in chosen for group in objectives(agent)]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": meta("slipway-agents", OBSERVABILITY),
        "spec": {"groups": [own, *promised]},
    }


def objectives(agent: Agent) -> list[dict[str, Any]]:
    """What an agent promises, compiled as a model's objectives are; nothing where it promises nothing."""
    if agent.slo is None:
        return []
    promise = Promise(
        model=agent.agent, release=f"agents/{agent.agent}", owner=agent.owner, slo=agent.slo, of="agent"
    )
    return groups(promise, {objective.name: measured(agent.agent) for objective in agent.slo.objectives})


def measured(agent: str) -> Measured:
    """Runs a second that ended by themselves, and those of them that did not do their task."""
    return Measured(requests=_runs(agent, *GOOD, *BAD), errors=_runs(agent, *BAD))


def _runs(agent: str, *results: str) -> str:
    return f'sum(rate(slipway_agent_runs{{agent="{agent}",result=~"{"|".join(results)}"}}[{_OVER}]))'


def pod_monitor() -> dict[str, Any]:
    """Prometheus asks every worker of agents."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": meta("agents", OBSERVABILITY),
        "spec": {
            "namespaceSelector": {"matchNames": [AGENTS]},
            "selector": {"matchLabels": labels()},
            "sampleLimit": 20_000,
            "labelLimit": 64,
            "podMetricsEndpoints": [
                {"port": "metrics", "path": "/metrics", "interval": "30s", "scrapeTimeout": "10s"}
            ],
        },
    }
