"""AWS Load Balancer Controller: makes the network load balancer that a Service asks for by its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
from pydantic import Field

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import LOAD_BALANCERS
from components.gateway.certificates import CertificatesHandle
from components.gateway.load_balancer_permissions import controller_statements
from components.identity.pod_roles import ControllerParts, PodRoleArgs, controller_role

NETWORK_CLASS: Final = "service.k8s.aws/nlb"
"""The controller that EKS itself runs leaves a Service alone that names a class."""
WAITS_FOR_TARGETS: Final = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}
"""Label of a namespace whose pods are ready only when their load balancer finds them so."""
_CHART: Final = "aws-load-balancer-controller"
_SERVICE_ACCOUNT: Final = "aws-load-balancer-controller"
_USER: Final = 65532


class LoadBalancersSettings(Settings):
    """``load_balancers:`` in a stack file."""

    replicas: int = Field(default=2, ge=2, le=5)
    """One leads, the others wait. While none runs, load balancers stay as they are and follow no pod."""
    log_level: Literal["debug", "info"] = "info"


@dataclass(frozen=True, kw_only=True)
class LoadBalancersArgs:
    """What :class:`LoadBalancers` needs. ``tags`` go on everything the controller makes."""

    settings: LoadBalancersSettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    tags: Mapping[str, str]
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class LoadBalancersHandle(Handle):
    """What others may use of :class:`LoadBalancers`: the class that a Service names."""

    network_class: pulumi.Input[str] = NETWORK_CLASS


def chart_values(names: Names, settings: LoadBalancersSettings, tags: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values: network load balancers for Services that name the class, and nothing else.

    Region and VPC are said, since the metadata service, where it would look, is out of a pod's reach; the VPC by a tag,
    so that the values are whole before it exists. Gateway API
    stays Envoy Gateway's. No webhook of it is asked about a Service or an Ingress: with the controller away, nobody's
    objects are refused but its own.
    """
    return {
        "clusterName": names.cluster,
        "region": names.region,
        "vpcTags": names.vpc_tags,
        "defaultTags": dict(tags),
        "replicaCount": settings.replicas,
        "logLevel": settings.log_level,
        "serviceAccount": {"create": True, "name": _SERVICE_ACCOUNT},
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "podSecurityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
        },
        # The chart's own certificate is made anew with every rendering, and renewed by nobody.
        "enableCertManager": True,
        "enableServiceMutatorWebhook": False,
        "webhookConfig": {"disableIngressValidation": True},
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "disableIngressClassAnnotation": True,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "defaultTargetType": "ip",
        "controllerConfig": {
            "featureGates": {
                "ALBGatewayAPI": False,
                "NLBGatewayAPI": False,
                "GatewayListenerSet": False,
                "LBCapacityReservation": False,
                # A subnet is chosen by its tag, never guessed from its routes.
                "SubnetDiscoveryByReachability": False,
                "ServiceTypeLoadBalancerOnly": True,
            }
        },
    }


class LoadBalancers(PlatformComponent):
    """The controller with its permissions, its definitions and its webhooks.

    What it made outlives it: a Service deleted while it is away waits for it, and so does the Service's namespace.
    """

    TYPE = "slipway:gateway:LoadBalancers"

    def __init__(
        self, name: str, args: LoadBalancersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        identity = self._identity(name, args)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(LOAD_BALANCERS),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        crds = define(self, name, "aws-load-balancer")
        controller = release(
            f"{name}-controller",
            _CHART,
            LOAD_BALANCERS,
            chart_values(args.names, args.settings, args.tags),
            # Credentials are injected when the pod is admitted, so the association comes first; it watches its own
            # kinds from its first second, and its pods wait for the certificate of their webhooks.
            self.child_opts(
                depends_on=[
                    *crds,
                    namespace,
                    *identity,
                    *args.certificates.ready,
                    *args.cluster_addons.ready,
                ]
            ),
            registry=args.registry,
        )
        self.handle = LoadBalancersHandle(ready=(*crds, controller))
        self.register_outputs({})

    def _identity(self, name: str, args: LoadBalancersArgs) -> tuple[pulumi.Resource, ...]:
        return controller_role(
            self,
            ControllerParts.of(name),
            PodRoleArgs(
                names=args.names,
                role="load-balancers",
                namespace=LOAD_BALANCERS,
                service_account=_SERVICE_ACCOUNT,
                statements=controller_statements(args.names),
                after=args.cluster.ready,
            ),
            args.cluster.name,
        )
