"""Two gateways: the edge meets callers, the inner one meets models."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any

import pulumi
from pydantic import AfterValidator, Field

from components import gateway_manifests as manifests
from components.base import Handle, PlatformComponent, Settings
from components.certificates import CertificatesHandle
from components.cluster_addons import ClusterAddonsHandle
from components.helm import release
from components.kubernetes import KubernetesObject
from components.mesh import MeshHandle
from components.namespaces import AI_GATEWAY, EDGE, EDGE_GATEWAY, ENVOY_GATEWAY, INNER_GATEWAY, KSERVE
from components.rate_limit_store import NAME, PORT, store_manifests
from components.system_namespace import system_namespace


def _narrow(cidr: str) -> str:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        raise ValueError(f"not an address range such as 203.0.113.0/24 (got {cidr!r})") from None
    if network.prefixlen < 8:  # noqa: PLR2004 the message names it
        raise ValueError(f"opens the edge to more than a /8 (got {cidr!r})")
    return cidr


class AuthenticationSettings(Settings):
    """Whose tokens open the edge."""

    issuer: Annotated[str, Field(pattern=r"^https://.+")]
    jwks_uri: Annotated[str, Field(pattern=r"^https://.+")]
    audiences: list[str] = Field(min_length=1)


class GatewaySettings(Settings):
    """``gateway:`` in a stack file."""

    hostname: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    authentication: AuthenticationSettings
    source_ranges: list[Annotated[str, AfterValidator(_narrow)]] = Field(default_factory=list)
    """Empty: the load balancer is internal. Not empty: it is public, and these ranges may reach it."""
    requests_per_minute: int = Field(default=600, ge=1)
    replicas: int = Field(default=3, ge=2)


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """What :class:`Gateway` needs."""

    settings: GatewaySettings
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    mesh: MeshHandle


@dataclass(frozen=True, kw_only=True)
class GatewayHandle(Handle):
    """What others may use of :class:`Gateway`. Its objects have fixed names (``components/namespaces.py``)."""

    hostname: pulumi.Input[str]


def controller_values() -> dict[str, Any]:
    """Envoy Gateway, extended by the AI gateway, deploying proxies beside their Gateway object."""
    everything = {"includeAll": True}
    return {
        "deployment": {"replicas": 2},
        "config": {
            "envoyGateway": {
                "gateway": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
                # Proxies run in their Gateway's namespace under its name: a flow can name their identity.
                "provider": {"type": "Kubernetes", "kubernetes": {"deploy": {"type": "GatewayNamespace"}}},
                "extensionApis": {"enableBackend": True, "enableEnvoyPatchPolicy": False},
                "extensionManager": {
                    "backendResources": [
                        {"group": "inference.networking.k8s.io", "kind": "InferencePool", "version": "v1"}
                    ],
                    "hooks": {
                        "xdsTranslator": {
                            "translation": dict.fromkeys(
                                ("listener", "route", "cluster", "secret"), everything
                            ),
                            "post": ["Translation", "Cluster", "Route"],
                        }
                    },
                    "service": {
                        "fqdn": {
                            "hostname": f"ai-gateway-controller.{AI_GATEWAY}.svc.cluster.local",
                            "port": 1063,
                        }
                    },
                },
                "rateLimit": {
                    "backend": {
                        "type": "Redis",
                        "redis": {"url": f"{NAME}.{ENVOY_GATEWAY}.svc.cluster.local:{PORT}"},
                    },
                    # A counter that cannot be asked must not let everything through.
                    "failClosed": True,
                },
            }
        },
    }


class Gateway(PlatformComponent):
    """The edge authenticates, limits and protects; the inner gateway splits traffic between versions.

    An AIGatewayRoute straight to an InferencePool would bypass KServe's weights, so the edge always calls
    the inner gateway.
    """

    TYPE = "slipway:gateway:Gateway"

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        waits = [*args.cluster_addons.ready, *args.mesh.ready]
        spaces = {
            where: KubernetesObject(
                f"{name}-namespace-{where}",
                system_namespace(where, in_mesh=where in {EDGE, KSERVE}),
                # The label that joins the mesh is read by agents that must already run.
                self.child_opts(depends_on=waits),
            )
            for where in (ENVOY_GATEWAY, AI_GATEWAY, EDGE, KSERVE)
        }
        ready = self._controllers(name, spaces)
        objects: dict[str, dict[str, Any]] = {
            "class": manifests.gateway_class(),
            "edge-proxy": manifests.proxy(
                EDGE_GATEWAY,
                EDGE,
                service=manifests.edge_service(settings.source_ranges),
                replicas=settings.replicas,
            ),
            "edge-certificate": manifests.certificate(settings.hostname, args.certificates.cluster_issuer),
            "edge-authentication": manifests.authentication_policy(
                settings.authentication.issuer,
                settings.authentication.jwks_uri,
                settings.authentication.audiences,
            ),
            "edge-transport": manifests.transport_policy(),
            "edge-protection": manifests.protection_policy(settings.requests_per_minute),
            "inner-proxy": manifests.proxy(
                INNER_GATEWAY, KSERVE, service={"type": "ClusterIP"}, replicas=settings.replicas
            ),
        }
        # CRDs and webhooks of three charts, and the namespaces.
        after = [*ready, *spaces.values(), *args.certificates.ready]
        before = [
            KubernetesObject(f"{name}-{role}", manifest, self.child_opts(depends_on=after))
            for role, manifest in objects.items()
        ]
        # The listeners open last, when authentication and limits stand.
        edge = KubernetesObject(
            f"{name}-edge",
            manifests.edge_gateway(settings.hostname),
            self.child_opts(depends_on=[*after, *before]),
        )
        inner = KubernetesObject(
            f"{name}-inner", manifests.inner_gateway(), self.child_opts(depends_on=[*after, *before])
        )
        self.handle = GatewayHandle(hostname=settings.hostname, ready=(*ready, *before, edge, inner))
        self.register_outputs({})

    def _controllers(self, name: str, spaces: dict[str, KubernetesObject]) -> list[pulumi.Resource]:
        crd_values = {"crds": {"gatewayAPI": {"enabled": True}, "envoyGateway": {"enabled": True}}}
        # CRDs stay on delete: without them every route in the cluster is gone.
        kept = {"retain_on_delete": True}
        crds = release(
            f"{name}-crds",
            "gateway-crds",
            ENVOY_GATEWAY,
            crd_values,
            self.child_opts(depends_on=[spaces[ENVOY_GATEWAY]], **kept),
        )
        ai_crds = release(
            f"{name}-ai-crds",
            "ai-gateway-crds",
            AI_GATEWAY,
            {},
            self.child_opts(depends_on=[spaces[AI_GATEWAY]], **kept),
        )
        store = [
            KubernetesObject(
                f"{name}-{NAME}-{role}", manifest, self.child_opts(depends_on=[spaces[ENVOY_GATEWAY]])
            )
            for role, manifest in store_manifests().items()
        ]
        # The AI gateway reads Envoy Gateway's CRDs at start; Envoy Gateway asks the AI gateway for every change.
        ai = release(
            f"{name}-ai-controller",
            "ai-gateway",
            AI_GATEWAY,
            {"controller": {"replicaCount": 2}},
            self.child_opts(depends_on=[crds, ai_crds]),
        )
        controller = release(
            f"{name}-controller",
            "envoy-gateway",
            ENVOY_GATEWAY,
            controller_values(),
            self.child_opts(depends_on=[crds, ai, *store]),
        )
        return [crds, ai_crds, ai, controller]
