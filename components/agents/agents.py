"""The agents of a stack: a closed namespace with three workers for each, and what they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.agents.agent import AgentArgs, AgentWorkers
from components.agents.alerts import agents_rules, pod_monitor
from components.agents.chosen import ChosenAgent
from components.agents.desk import Desk, DeskArgs
from components.agents.flows import way_to_the_collector, ways_to_the_engine
from components.agents.manifests import edge_inside
from components.agents.parts import places
from components.agents.store import AgentStore, AgentStoreArgs
from components.agents.told import Ground
from components.foundation.base import Handle, PlatformComponent
from components.foundation.closed_namespace import (
    container_defaults,
    deny_all_requests,
    deny_all_traffic,
    necessary_egress,
    require_mutual_tls,
    workload_namespace,
)
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.well_known import AGENTS
from components.gateway.gateway import GatewayHandle
from components.loops.durable import DurableHandle, DurableSettings
from components.loops.worker_manifests import loops_image
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.network.ground import Ground as NetworkGround
from components.observability.telemetry import TelemetryHandle
from components.storage.bucket import BucketHandle
from components.storage.model_store import ModelStoreHandle


@dataclass(frozen=True, kw_only=True)
class AgentsArgs:
    """What :class:`Agents` needs.

    ``engine``, ``hostname`` and ``has_own_authority`` are what the stacks that own durable, gateway and certificates
    say of them.
    """

    agents: Mapping[str, ChosenAgent]
    engine: DurableSettings
    hostname: str
    has_own_authority: bool
    names: Names
    ground: NetworkGround
    model_store: ModelStoreHandle
    durable: DurableHandle
    workload_namespace: WorkloadNamespaceHandle
    gateway: GatewayHandle
    telemetry: TelemetryHandle
    lifecycle: Lifecycle = DURABLE


class Agents(PlatformComponent):
    """Workers that reason and plan reach the gateway and the engine, those that act their tools; nothing else is open.

    The triage desk stands where an agent's record names it.
    """

    TYPE = "slipway:agents:Agents"

    def __init__(self, name: str, args: AgentsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        # The models' namespace stands in the mesh, whose agents and definitions this one needs as well.
        namespace = KubernetesObject(
            f"{name}-namespace",
            workload_namespace(AGENTS),
            self.child_opts(depends_on=list(args.workload_namespace.ready)),
        )
        inside = [namespace, *args.workload_namespace.ready]
        closed = self._made(self._closed(), inside)
        shared = self._made({"edge-inside": edge_inside()}, args.gateway.ready)
        records = {chosen: found.agent for chosen, found in args.agents.items()}
        watched = self._made(
            {"monitor": pod_monitor(), "alerts": agents_rules(records.values())},
            [namespace, *args.telemetry.ready],
        )
        logs = BucketHandle(name=args.model_store.log_bucket, ready=args.model_store.ready)
        store = AgentStore(
            f"{name}-store",
            AgentStoreArgs(names=args.names, agents=records, log_bucket=logs, lifecycle=args.lifecycle),
            self.child_opts(),
        ).handle
        before = [*closed, *shared, *store.ready, *args.durable.ready, *args.gateway.ready]
        before += self._desk(closed)
        workers = [
            resource
            for chosen, found in sorted(args.agents.items())
            for resource in self._agent(chosen, found, before)
        ]
        self.handle = Handle(ready=(*watched, *workers))
        self.register_outputs({})

    def _ground(self) -> Ground:
        args = self._args
        return Ground(
            names=args.names,
            address=args.durable.address,
            namespace=args.durable.namespace,
            is_tls=args.engine.existing is not None,
            hostname=args.hostname,
            has_own_authority=args.has_own_authority,
            collector=args.telemetry.otlp_endpoint,
        )

    def _agent(
        self, chosen: str, found: ChosenAgent, before: Sequence[pulumi.Resource]
    ) -> Sequence[pulumi.Resource]:
        return AgentWorkers(
            f"agent-{chosen}",
            AgentArgs(
                chosen=found,
                ground=self._ground(),
                image=loops_image(self._args.names),
                engine_is_here=self._args.engine.existing is None,
                after=before,
            ),
            self.child_opts(),
        ).handle.ready

    def _desk(self, closed: Sequence[pulumi.Resource]) -> Sequence[pulumi.Resource]:
        """The desk, once, where somebody reads at it."""
        readers = [
            found
            for found in self._args.agents.values()
            if any(place.is_desk for place in places(found.agent))
        ]
        if not readers:
            return []
        files = {path: text for found in readers for path, text in found.files.items()}
        desk = DeskArgs(
            ground=self._ground(),
            image=loops_image(self._args.names),
            files=files,
            api_server_range=self._args.ground.api_server_range,
            after=[*closed, *self._args.telemetry.ready, *self._args.gateway.ready],
        )
        return Desk(f"{self._name}-desk", desk, self.child_opts()).handle.ready

    def _closed(self) -> dict[str, dict[str, Any]]:
        existing = self._args.engine.existing
        port = int(existing.address.rpartition(":")[2]) if existing else 0
        return {
            "mutual-tls": require_mutual_tls(AGENTS),
            "deny-requests": deny_all_requests(AGENTS),
            "deny-traffic": deny_all_traffic(AGENTS),
            "necessary-egress": necessary_egress(AGENTS, self._args.ground.endpoint_ranges),
            "defaults": container_defaults(AGENTS),
            "way-to-collector": way_to_the_collector(),
            **({"way-to-engine": ways_to_the_engine(existing.ranges, port)} if existing else {}),
        }

    def _made(
        self, manifests: Mapping[str, dict[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        return [
            KubernetesObject(f"{self._name}-{what}", manifest, self.child_opts(depends_on=list(after)))
            for what, manifest in manifests.items()
        ]
