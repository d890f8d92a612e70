"""The workers of the loops: one for each kind, with an identity that may do its one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pulumi
from pydantic import Field

from components.foundation.base import Handle, PlatformComponent, Settings
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
from components.foundation.well_known import LOOPS
from components.gateway.gateway import GatewayHandle
from components.loops.alerts import loops_rules, pod_monitors
from components.loops.durable import DurableHandle, DurableSettings
from components.loops.kinds import KINDS, RECEIVER, ROUTES, account, binding, role
from components.loops.signing import Signer, SignerArgs, signer
from components.loops.worker_flows import ways_out, worker_flows
from components.loops.worker_manifests import Told, config_map, deployment, door, loops_image
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.models.workload_namespace import AddressRange, WorkloadNamespaceHandle
from components.network.ground import Ground
from components.observability.alerting import SecretName
from components.observability.telemetry import TelemetryHandle
from facts.strict import Slug
from releases.text import Version


class LoopsRepositorySettings(Settings):
    """``loops.repository:``: where records and stack files stand, and events are appended."""

    url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._/-]+$")]
    branch: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")] = "main"
    """What is true. Workers append to branches of their own, ``slipway-events-<kind>``, which people merge."""
    ranges: list[AddressRange] = Field(min_length=1)
    """Where its server answers."""
    credentials: SecretName = "loops-git"
    """A Secret in the namespace ``loops``, made beside the stack: ``header``, the HTTP header that git sends."""


class LoopsTriageSettings(Settings):
    """``loops.triage:``: the agent whose run an outage begins by itself."""

    agent: Slug
    version: Version
    """The one that ``agents`` runs."""
    quiet_minutes: int = Field(default=60, ge=1, le=10_080)
    """An alert that began so soon after a run ended is of the same outage, and begins none."""
    runs_an_hour: int = Field(default=12, ge=1, le=1000)
    """Runs that alerts begin, of all models together; Alertmanager tells of further ones again."""
    alone: bool = False
    """Alerts begin no remedy beside it: a canary that fails answers on until a person approves what it proposes."""


class LoopsSettings(Settings):
    """``loops:`` in a stack file."""

    repository: LoopsRepositorySettings
    triage: LoopsTriageSettings | None = None
    """The agent that looks into outages by itself; without it somebody begins its runs."""


@dataclass(frozen=True, kw_only=True)
class LoopWorkersArgs:
    """What :class:`LoopWorkers` needs. ``engine`` is what the stack that owns ``durable`` says of it."""

    settings: LoopsSettings
    engine: DurableSettings
    names: Names
    ground: Ground
    durable: DurableHandle
    workload_namespace: WorkloadNamespaceHandle
    gateway: GatewayHandle
    telemetry: TelemetryHandle
    lifecycle: Lifecycle = DURABLE


@dataclass(frozen=True, kw_only=True)
class LoopWorkersHandle(Handle):
    """What others may use of :class:`LoopWorkers`: that somebody moves the shares of models that ask for it."""


class LoopWorkers(PlatformComponent):
    """A closed namespace with a worker for each kind of loop, and the door through which alerts begin runs.

    Each kind has its own account, role, key and way to the engine; only kinds that move shares may change a route.
    """

    TYPE = "slipway:loops:LoopWorkers"

    def __init__(self, name: str, args: LoopWorkersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        # The models' namespace stands in the mesh, whose agents and definitions this one needs as well.
        namespace = KubernetesObject(
            f"{name}-namespace",
            workload_namespace(LOOPS),
            self.child_opts(depends_on=list(args.workload_namespace.ready)),
        )
        inside = [namespace, *args.workload_namespace.ready]
        closed = self._made(self._closed(), inside)
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(
                flows=worker_flows(engine_is_here=args.engine.existing is None),
                # Its targets stand in the engine's namespace too.
                after=[*inside, *args.durable.ready],
            ),
            self.child_opts(),
        )
        watched = self._made({**pod_monitors(), "alerts": loops_rules()}, [namespace, *args.telemetry.ready])
        accounts = self._made({f"{kind}-account": account(kind) for kind in KINDS}, inside)
        told = self._told()
        shared = self._made(
            {"door": door(), **{f"{kind}-told": config_map(kind, told) for kind in KINDS}}, inside
        )
        may = [*self._may(accounts), *self._signers(inside)]
        workers = self._made(
            {kind: self._worker(kind) for kind in KINDS},
            # A worker that came up before what closes its namespace would be open until then.
            [*closed, *flows.ready, *may, *shared, *args.durable.ready],
        )
        self.handle = LoopWorkersHandle(ready=(*watched, *workers))
        self.register_outputs({})

    def _told(self) -> Told:
        args, repository = self._args, self._args.settings.repository
        return Told(
            environment=args.names.environment,
            address=args.durable.address,
            namespace=args.durable.namespace,
            is_tls=args.engine.existing is not None,
            repository=repository.url,
            branch=repository.branch,
            region=args.names.region,
            key_alias=lambda kind: args.names.key_alias(signer(kind)),
            triage=args.settings.triage.model_dump() if args.settings.triage is not None else None,
        )

    def _worker(self, kind: str) -> dict[str, Any]:
        return deployment(kind, loops_image(self._args.names), self._args.settings.repository.credentials)

    def _closed(self) -> dict[str, dict[str, Any]]:
        args, existing = self._args, self._args.engine.existing
        out = ways_out(
            args.ground.api_server_range,
            args.settings.repository.ranges,
            existing.ranges if existing else (),
            int(existing.address.rpartition(":")[2]) if existing else 0,
        )
        return {
            "mutual-tls": require_mutual_tls(LOOPS),
            "deny-requests": deny_all_requests(LOOPS),
            "deny-traffic": deny_all_traffic(LOOPS),
            "necessary-egress": necessary_egress(LOOPS, args.ground.endpoint_ranges),
            "defaults": container_defaults(LOOPS),
            **{f"way-to-{where}": manifest for where, manifest in out.items()},
        }

    def _may(self, accounts: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        """Roles where routes stand: their namespaces are others'."""
        after = [*accounts, *self._args.workload_namespace.ready, *self._args.gateway.ready]
        places = [(kind, namespace) for kind in KINDS for namespace in ROUTES]
        roles = self._made({f"{kind}-{where}-role": role(kind, where) for kind, where in places}, after)
        return self._made({f"{kind}-{where}-binding": binding(kind, where) for kind, where in places}, roles)

    def _signers(self, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        """A key and a role in AWS for each kind that says something: the door only begins runs."""
        args = self._args
        made = [
            Signer(
                f"{self._name}-{kind}-signer",
                SignerArgs(names=args.names, kind=kind, after=after, lifecycle=args.lifecycle),
                self.child_opts(),
            )
            for kind in KINDS
            if kind != RECEIVER
        ]
        return [resource for one in made for resource in one.handle.ready]

    def _made(
        self, manifests: dict[str, dict[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        return [
            KubernetesObject(f"{self._name}-{what}", manifest, self.child_opts(depends_on=list(after)))
            for what, manifest in manifests.items()
        ]
