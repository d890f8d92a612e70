"""Whom each part may call: those that think the gateway, the one that acts its tools, all of them the engine."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.agents.parts import DESK, METRICS_PORT, PARTS, THINKING, labels, peer, places
from components.foundation.well_known import AGENTS, OBSERVABILITY
from components.gateway.flows import EDGE_PORT, EDGE_PROXIES, PROBED, PROMETHEUS
from components.loops.engine_flows import FRONTEND
from components.loops.temporal_config import RPC_PORT
from components.mesh.flow import Flow, Peer, egress, egress_to_addresses
from components.observability.values import ALERTMANAGER_PODS, COLLECTOR, COLLECTOR_PODS, PROMETHEUS_PODS
from releases.agent import Agent

_SERVER: Final = "app.kubernetes.io/name"
"""The label of a tool's server in the cluster: the name of its Service."""
DESK_PODS: Final = {_SERVER: DESK}
_DESK: Final = Peer(namespace=AGENTS, service_account=DESK, labels=DESK_PODS)
_HTTPS: Final = 443


def agent_flows(agent: Agent, *, engine_is_here: bool) -> list[Flow]:
    """Ways into other pods by identity: to the gateway, the engine and the desk; and Prometheus' way in."""
    name = agent.agent
    thinking = [
        Flow(
            name=f"{name}-{part}-to-edge",
            sources=[peer(name, part)],
            target=EDGE_PROXIES,
            port=EDGE_PORT,
            reason=f"{part} asks the agent's model, as any caller does: with a token, within limits",
            probe_ports=PROBED,
        )
        for part in THINKING
    ]
    engine = [
        Flow(
            name=f"{name}-{part}-to-temporal",
            sources=[peer(name, part)],
            target=FRONTEND,
            port=RPC_PORT,
            reason=f"it takes what is to {part} from its queue, and says what came of it",
        )
        for part in PARTS
    ]
    desk = [
        Flow(
            name=f"{name}-act-to-desk",
            sources=[peer(name, "act")],
            target=_DESK,
            port=place.port,
            reason="tools of the record read there",
        )
        for place in places(agent)
        if place.is_desk
    ]
    metrics = [
        Flow(
            name=f"{name}-{part}-metrics",
            sources=[PROMETHEUS],
            target=peer(name, part),
            port=METRICS_PORT,
            reason="metrics",
        )
        for part in PARTS
    ]
    return [*thinking, *(engine if engine_is_here else []), *desk, *metrics]


def ways_to_tools(agent: Agent, addresses: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Ways out of the part that acts: to each place of its record but the desk, and to nothing else.

    A server in the cluster is of the mesh, and its own namespace says whom it lets in.
    """
    acts, ways = peer(agent.agent, "act"), {}
    for place in places(agent):
        name = f"{agent.agent}-to-{place.slug}-egress"
        reason = f"tools of {agent.identity} reach {place.host}:{place.port}"
        if place.is_desk:
            continue
        if place.namespace:
            server = Peer(namespace=place.namespace, labels={_SERVER: place.name})
            ways[place.slug] = egress(name, acts, server, reason)
        else:
            ways[place.slug] = egress_to_addresses(name, acts, addresses[place.host], place.port, reason)
    return ways


def ways_to_the_engine(ranges: Sequence[str], port: int) -> dict[str, Any]:
    """Of every part, where the organisation's own engine answers."""
    return egress_to_addresses(
        "agents-to-engine-egress",
        Peer(namespace=AGENTS, labels=labels()),
        ranges,
        port,
        "runs are kept by the organisation's engine",
    )


def way_to_the_collector() -> dict[str, Any]:
    """Of every part, to whom spans of runs go; whom the collector takes them from is its own to say."""
    collector = Peer(namespace=OBSERVABILITY, labels=COLLECTOR_PODS)
    return egress(
        f"agents-to-{COLLECTOR}-egress",
        Peer(namespace=AGENTS, labels=labels()),
        collector,
        "spans of runs: names, counts and digests",
    )


def desk_ways(api_server_range: str) -> dict[str, dict[str, Any]]:
    """What the desk may ask: Prometheus, Alertmanager, and the API server for routes; nothing else."""
    asked = {
        "prometheus": (PROMETHEUS_PODS, "figures of versions are evidence"),
        "alertmanager": (ALERTMANAGER_PODS, "what is firing is where a diagnosis begins"),
    }
    return {
        **{
            where: egress(
                f"{DESK}-to-{where}-egress", _DESK, Peer(namespace=OBSERVABILITY, labels=pods), reason
            )
            for where, (pods, reason) in asked.items()
        },
        "api-server": egress_to_addresses(
            f"{DESK}-to-api-server-egress", _DESK, [api_server_range], _HTTPS, "shares are weights of routes"
        ),
    }
