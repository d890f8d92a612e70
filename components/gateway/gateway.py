"""Two gateways: the edge meets callers, the inner one meets models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import pulumi
from pydantic import Field, model_validator

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.cidr import narrow
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE
from components.gateway import manifests
from components.gateway.access import TokenIssuer, authentication_policy
from components.gateway.certificates import CertificatesHandle
from components.gateway.controllers import GatewayControllers, GatewayControllersArgs
from components.gateway.flows import PRIVATE_RANGES, callers_exception, closed, gateway_flows
from components.gateway.load_balancers import WAITS_FOR_TARGETS, LoadBalancersHandle
from components.gateway.managed_store import ManagedStoreArgs
from components.gateway.model_list import closed_list, inner_backend
from components.gateway.rate_limits import inner_protection_policy, protection_policy
from components.gateway.unknown_path import UNKNOWN_PATH, unknown_path, unknown_path_answers
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.mesh import MeshHandle
from components.network.ground import BalancerRanges, Exposure
from components.network.network import NetworkHandle


class AuthenticationSettings(Settings):
    """Whose tokens open the edge."""

    issuer: Annotated[str, Field(pattern=r"^https://.+")]
    jwks_uri: Annotated[str, Field(pattern=r"^https://.+")]
    audiences: list[str] = Field(min_length=1)

    def tokens(self) -> TokenIssuer:
        """As every policy at the edge needs it."""
        return TokenIssuer(issuer=self.issuer, jwks_uri=self.jwks_uri, audiences=self.audiences)


class GatewaySettings(Settings):
    """``gateway:`` in a stack file."""

    hostname: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    authentication: AuthenticationSettings
    exposure: Exposure = "internal"
    source_ranges: list[Annotated[str, narrow("the edge", 8)]] = Field(default_factory=list)
    requests_per_minute: int = Field(default=600, ge=1)
    request_timeout_seconds: int = Field(default=300, ge=1, le=3600)
    replicas: int = Field(default=3, ge=2)
    rate_limit_store: Literal["managed", "in_cluster"] = "managed"
    """Where callers' requests and tokens are counted; while nobody counts, every request is refused."""
    lists_models: bool = False
    """``GET /v1/models`` names every language and embedding model to whoever has a token."""

    @model_validator(mode="after")
    def _public_names_its_callers(self) -> Self:
        if self.exposure == "public" and not self.source_ranges:
            raise ValueError("exposure: public needs source_ranges; list the addresses callers come from")
        return self

    def callers(self) -> list[str]:
        """Who may open a connection: the ranges named, or whatever is joined to the VPC."""
        return list(self.source_ranges or PRIVATE_RANGES)


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """What :class:`Gateway` needs. ``balancer_ranges`` holds, by exposure, where a load balancer has its addresses."""

    settings: GatewaySettings
    names: Names
    network: NetworkHandle
    cluster: ClusterHandle
    lifecycle: Lifecycle = DURABLE
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    load_balancers: LoadBalancersHandle
    mesh: MeshHandle
    balancer_ranges: BalancerRanges
    registry: Registry = UPSTREAM

    def managed_store(self) -> ManagedStoreArgs:
        """What the managed store needs of these."""
        return ManagedStoreArgs(
            names=self.names, network=self.network, cluster=self.cluster, lifecycle=self.lifecycle
        )


@dataclass(frozen=True, kw_only=True)
class GatewayHandle(Handle):
    """What others may use of :class:`Gateway`. A principal is the mesh identity behind the trust domain."""

    hostname: pulumi.Input[str]
    issuer: pulumi.Input[str]
    jwks_uri: pulumi.Input[str]
    audiences: pulumi.Input[Sequence[str]]
    request_timeout: pulumi.Input[str]
    edge_gateway: pulumi.Input[str] = EDGE_GATEWAY
    edge_namespace: pulumi.Input[str] = EDGE
    edge_principal: pulumi.Input[str] = f"ns/{EDGE}/sa/{EDGE_GATEWAY}"
    inner_gateway: pulumi.Input[str] = INNER_GATEWAY
    inner_namespace: pulumi.Input[str] = KSERVE
    inner_principal: pulumi.Input[str] = f"ns/{KSERVE}/sa/{INNER_GATEWAY}"

    def tokens(self) -> TokenIssuer:
        """Whose tokens open the edge; every model's route asks for them again."""
        return TokenIssuer(issuer=self.issuer, jwks_uri=self.jwks_uri, audiences=self.audiences)


def edge_objects(settings: GatewaySettings, cluster_issuer: Any) -> dict[str, dict[str, Any]]:
    """What must stand before the edge listens."""
    return {
        "edge-proxy": manifests.proxy(
            EDGE_GATEWAY,
            EDGE,
            service=manifests.edge_service(settings.exposure, settings.callers()),
            replicas=settings.replicas,
        ),
        "edge-processor": manifests.processor_config(),
        "edge-certificate": manifests.certificate(settings.hostname, cluster_issuer),
        "edge-authentication": authentication_policy(settings.authentication.tokens()),
        "edge-transport": manifests.edge_transport_policy(),
        "edge-protection": protection_policy(settings.requests_per_minute, settings.request_timeout_seconds),
        "inner-backend": inner_backend(INNER_GATEWAY),
        f"{UNKNOWN_PATH}-answers": unknown_path_answers(),
        **({} if settings.lists_models else closed_list(settings.hostname, settings.authentication.tokens())),
    }


def inner_objects(settings: GatewaySettings) -> dict[str, dict[str, Any]]:
    """What must stand before the inner gateway listens."""
    cluster_only = {"type": "ClusterIP", "name": INNER_GATEWAY}
    return {
        "inner-proxy": manifests.proxy(
            INNER_GATEWAY, KSERVE, service=cluster_only, replicas=settings.replicas
        ),
        "inner-transport": manifests.inner_transport_policy(),
        "inner-protection": inner_protection_policy(settings.requests_per_minute),
    }


class Gateway(PlatformComponent):
    """The edge authenticates, limits and protects; the inner gateway splits traffic between versions.

    An AIGatewayRoute straight to an InferencePool would bypass KServe's weights, so the edge always calls
    the inner gateway. The namespace of KServe is made here, because the inner gateway stands in it.
    """

    TYPE = "slipway:gateway:Gateway"

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        spaces = self._spaces(name, args)
        refusals = self._refusals(name, [*args.mesh.ready, *spaces])
        controllers = GatewayControllers(
            f"{name}-controllers",
            GatewayControllersArgs(
                after=(*args.cluster_addons.ready, *args.certificates.ready),
                managed_store=args.managed_store() if settings.rate_limit_store == "managed" else None,
                registry=args.registry,
            ),
            self.child_opts(),
        )
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(
                flows=gateway_flows(),
                exceptions=[callers_exception(settings.callers(), args.balancer_ranges[settings.exposure])],
                after=[*args.mesh.ready, *spaces],
            ),
            self.child_opts(),
        )
        # Objects need their namespace, their CRD and the webhooks behind it.
        after = [*controllers.ready, *spaces, *args.certificates.ready]
        objects = {
            "class": manifests.gateway_class(),
            **edge_objects(settings, args.certificates.cluster_issuer),
            **inner_objects(settings),
        }
        before = [
            KubernetesObject(
                f"{name}-{role}", args.registry.pulls(manifest), self.child_opts(depends_on=after)
            )
            for role, manifest in objects.items()
        ]
        listeners = [
            KubernetesObject(
                f"{name}-{role}",
                manifest,
                # A listener opens last: when authentication, limits and the mesh's refusals stand.
                self.child_opts(depends_on=[*after, *before, *refusals, *flows.ready]),
            )
            for role, manifest in (
                ("edge", manifests.edge_gateway(settings.hostname)),
                ("inner", manifests.inner_gateway()),
            )
        ]
        nowhere = KubernetesObject(
            f"{name}-{UNKNOWN_PATH}",
            unknown_path(settings.hostname),
            # The AI gateway looks for the route's gateway, and waits ever longer where there is none.
            self.child_opts(depends_on=[*after, *before, *listeners]),
        )
        self.handle = GatewayHandle(
            hostname=settings.hostname,
            issuer=settings.authentication.issuer,
            jwks_uri=settings.authentication.jwks_uri,
            audiences=settings.authentication.audiences,
            request_timeout=f"{settings.request_timeout_seconds}s",
            ready=(*spaces, *controllers.ready, *before, *refusals, *flows.ready, *listeners, nowhere),
        )
        self.register_outputs({})

    def _spaces(self, name: str, args: GatewayArgs) -> list[KubernetesObject]:
        """The namespaces of both tiers, kept until the edge's load balancer is gone."""
        # The label that joins the mesh is read by agents that must already run; what waits for the load balancer's
        # controller goes before it.
        after = [*args.cluster_addons.ready, *args.load_balancers.ready, *args.mesh.ready]
        return [
            KubernetesObject(
                f"{name}-namespace-{where}",
                system_namespace(where, in_mesh=True, labels=marks),
                self.child_opts(depends_on=after),
            )
            for where, marks in ((EDGE, WAITS_FOR_TARGETS), (KSERVE, None))
        ]

    def _refusals(self, name: str, after: list[pulumi.Resource]) -> list[KubernetesObject]:
        """What closes both namespaces; it needs them, and the mesh's CRD and webhook."""
        return [
            KubernetesObject(f"{name}-{where}-{role}", manifest, self.child_opts(depends_on=after))
            for where in (EDGE, KSERVE)
            for role, manifest in closed(where).items()
        ]
