"""The engine that keeps the loops' runs: Temporal in the cluster on a database of its own, or one that exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

import pulumi
from pydantic import Field, model_validator

from components.cluster.cluster import ClusterHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.closed_namespace import (
    deny_all_requests,
    deny_all_traffic,
    necessary_egress,
    require_mutual_tls,
    workload_namespace,
)
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.well_known import TEMPORAL
from components.identity.pod_roles import PodRoleArgs, account_role
from components.loops.database import Database, DatabaseArgs, DatabaseSettings, database_user, enter_statement
from components.loops.engine_flows import engine_flows, ways_to_the_database
from components.loops.temporal_config import SERVICES, config_map, database_address
from components.loops.temporal_jobs import namespace_job, schema_job
from components.loops.temporal_manifests import (
    ACCOUNT,
    ADDRESS,
    account,
    budget,
    deployment,
    frontend_service,
    token_container,
)
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.mesh import MeshHandle
from components.models.workload_namespace import AddressRange
from components.network.network import NetworkHandle
from components.serving.download import runtime_image
from facts.rds_authorities import authorities
from facts.strict import Slug

CAPABILITY: Final = "temporal"


class ExistingEngine(Settings):
    """``durable.existing:`` in a stack file: a Temporal that the organisation has and that asks for no certificate."""

    address: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[1-9][0-9]{1,4}$")]
    """Host and port; always called by TLS."""
    ranges: list[AddressRange] = Field(min_length=1)
    """Where it answers: the only way out of the platform that workers get."""


class DurableSettings(Settings):
    """``durable:`` in a stack file."""

    namespace: Slug = "slipway"
    """Temporal's own word for a room of runs: this platform's."""
    existing: ExistingEngine | None = None
    """Without it, the engine runs in the cluster."""
    replicas: Literal[1, 2, 3] = 2
    """Pods of each of its four services."""
    history_shards: Literal[4, 128, 512] = 128
    """How finely its work is divided. Temporal can never change it on a database that it used."""
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)

    @model_validator(mode="after")
    def _what_exists_is_not_made(self) -> Self:
        own = {"replicas", "history_shards", "database"} & self.model_fields_set
        if self.existing is not None and own:
            raise ValueError(
                f"existing: {', '.join(sorted(own))} say how one of our own is made; leave one out"
            )
        return self


@dataclass(frozen=True, kw_only=True)
class DurableArgs:
    """What :class:`Durable` needs. ``address_ranges`` is where the database may have its addresses."""

    settings: DurableSettings
    names: Names
    network: NetworkHandle
    cluster: ClusterHandle
    mesh: MeshHandle
    address_ranges: Sequence[str]
    lifecycle: Lifecycle = DURABLE
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class DurableHandle(Handle):
    """What others may use of :class:`Durable`: where runs are kept. Who may call is for the flows to say."""

    address: pulumi.Input[str]
    namespace: pulumi.Input[str]


class Durable(PlatformComponent):
    """Temporal's four services in a closed namespace, their schema, and the namespace of the platform's runs.

    They wait for a user of the database that is made once by hand. Where an engine exists, nothing is made.
    """

    TYPE = "slipway:loops:Durable"

    def __init__(self, name: str, args: DurableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        existing = args.settings.existing
        ready = self._engine() if existing is None else ()
        self.handle = DurableHandle(
            address=ADDRESS if existing is None else existing.address,
            namespace=args.settings.namespace,
            ready=ready,
        )
        self.register_outputs({})

    def _engine(self) -> Sequence[pulumi.Resource]:
        name, args = self._name, self._args
        database = Database(
            f"{name}-database",
            DatabaseArgs(
                settings=args.settings.database,
                names=args.names,
                network=args.network,
                cluster=args.cluster,
                lifecycle=args.lifecycle,
            ),
            self.child_opts(),
        )
        # The label that joins the mesh is read by agents that must already run.
        namespace = KubernetesObject(
            f"{name}-namespace",
            workload_namespace(TEMPORAL),
            self.child_opts(depends_on=list(args.mesh.ready)),
        )
        closed = [
            KubernetesObject(
                f"{name}-{role}", manifest, self.child_opts(depends_on=[namespace, *args.mesh.ready])
            )
            for role, manifest in self._closed().items()
        ]
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(flows=engine_flows(), after=[*args.mesh.ready, namespace]),
            self.child_opts(),
        )
        before = [namespace, *closed, *flows.ready, *self._identity(), *database.ready]
        return [*before, *self._services(database.host, before)]

    def _closed(self) -> dict[str, dict[str, Any]]:
        return {
            "mutual-tls": require_mutual_tls(TEMPORAL),
            "deny-requests": deny_all_requests(TEMPORAL),
            "deny-traffic": deny_all_traffic(TEMPORAL),
            # Names and credentials; of AWS's services it asks none.
            "necessary-egress": necessary_egress(TEMPORAL, []),
            "database": ways_to_the_database(self._args.address_ranges),
        }

    def _identity(self) -> Sequence[pulumi.Resource]:
        name, args = self._name, self._args
        return account_role(
            self,
            name,
            PodRoleArgs(
                names=args.names,
                role=CAPABILITY,
                namespace=TEMPORAL,
                service_account=ACCOUNT,
                statements=[enter_statement(args.names)],
                after=args.cluster.ready,
            ),
        )

    def _services(self, host: pulumi.Output[str], before: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        args, settings = self._args, self._args.settings
        user, region = database_user(args.names), args.names.region
        image = runtime_image(args.names)
        tokens = [token_container(image, user, region, once=once) for once in (True, False)]
        config = config_map(user, settings.history_shards, authorities()[region])
        parts = self._made(
            {
                "config": config,
                "database-address": database_address(host),
                "account": account(),
                "frontend-service": frontend_service(),
            },
            before,
        )
        # Services of a schema that is not there end, and come up again when it is.
        schema = self._made({"schema": schema_job(user, tokens[0])}, parts)
        services = {service: deployment(service, settings.replicas, tokens) for service in SERVICES}
        if settings.replicas > 1:
            services |= {f"{service}-budget": budget(service) for service in SERVICES}
        running = self._made(services, schema)
        return [*parts, *schema, *running, *self._made({"runs": namespace_job(settings.namespace)}, running)]

    def _made(
        self, manifests: dict[str, dict[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        return [
            KubernetesObject(
                f"{self._name}-{role}",
                self._args.registry.pulls(manifest),
                self.child_opts(depends_on=list(after)),
            )
            for role, manifest in manifests.items()
        ]
