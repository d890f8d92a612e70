"""The parts of an agent, and what each is called in the cluster. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from components.foundation.well_known import AGENTS
from components.mesh.flow import Peer
from releases.agent import Agent

Part = Literal["reason", "plan", "act"]
THINKING: Final[Sequence[Part]] = ("reason", "plan")
PARTS: Final[Sequence[Part]] = (*THINKING, "act")
AGENT_LABEL: Final = "slipway.dev/agent"
_NAME: Final = "slipway-agent"
METRICS_PORT: Final = 9464
DESK: Final = "triage-desk"
DESK_PORT: Final = 8080
_PORTS: Final = {"http": 80, "https": 443}
RUNS: Final = "run"


def account(agent: str, part: Part) -> str:
    """The service account of a part, after which its objects are named: nobody else has it."""
    return f"{agent}-{part}"


def labels(agent: str = "", part: str = "") -> dict[str, str]:
    """Labels of all pods of agents, of one agent's, or of one part's."""
    return {
        "app.kubernetes.io/name": _NAME,
        **({AGENT_LABEL: agent} if agent else {}),
        **({"app.kubernetes.io/component": part} if part else {}),
    }


def meta(name: str, namespace: str = AGENTS) -> dict[str, Any]:
    """The metadata of an object of agents."""
    own = {"app.kubernetes.io/name": _NAME, "app.kubernetes.io/part-of": "slipway"}
    return {"name": name, "namespace": namespace, "labels": own}


def peer(agent: str, part: Part) -> Peer:
    """A part as one end of a flow."""
    return Peer(namespace=AGENTS, service_account=account(agent, part), labels=labels(agent, part))


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """Where tools answer: a Service of the cluster by name and namespace, or a host outside it."""

    host: str
    port: int
    name: str = ""
    namespace: str = ""

    @property
    def is_desk(self) -> bool:
        """Whether it is the platform's own desk, which the stack makes."""
        return (self.name, self.namespace, self.port) == (DESK, AGENTS, DESK_PORT)

    @property
    def slug(self) -> str:
        """As a part of an object's name."""
        return f"{self.host.replace('.', '-')}-{self.port}"


def places(agent: Agent) -> list[Place]:
    """Every place that tools of an agent reach, once; runs of the loops are asked for at the engine."""
    found = set()
    for tool in agent.tools.values():
        url = urlsplit(tool.reaches)
        if url.scheme == RUNS:
            continue
        host = url.hostname or ""
        port = url.port or _PORTS[url.scheme]
        name, _, rest = host.removesuffix(".cluster.local").partition(".")
        namespace, _, svc = rest.partition(".")
        is_service = svc == "svc"
        found.add(
            Place(
                host=host,
                port=port,
                name=name if is_service else "",
                namespace=namespace if is_service else "",
            )
        )
    return sorted(found)


def begins_runs(agent: Agent) -> bool:
    """Whether one of its tools is a run of the loops."""
    return any(tool.reaches.startswith(f"{RUNS}://") for tool in agent.tools.values())
