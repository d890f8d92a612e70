"""What runs the gateways: CRDs, Envoy Gateway, the AI gateway and the store of their counters."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import AI_GATEWAY, ENVOY_GATEWAY
from components.gateway.managed_store import ManagedStore, ManagedStoreArgs
from components.gateway.rate_limit_store import IN_CLUSTER, NAME, StoreAddress, store_manifests
from components.gateway.values import ai_gateway_values, controller_values

_DEFINED: Final = ("gateway-api", "inference-extension", "envoy-gateway", "ai-gateway")


def admission_budget() -> dict[str, Any]:
    """The AI gateway's chart has no budget of its own; a drain takes one of its three controllers at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "ai-gateway-controller", "namespace": AI_GATEWAY},
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": {"app.kubernetes.io/name": "ai-gateway-helm"}},
        },
    }


@dataclass(frozen=True, kw_only=True)
class GatewayControllersArgs:
    """What :class:`GatewayControllers` needs. ``after`` holds the add-ons, and cert-manager with its issuers."""

    after: tuple[pulumi.Resource, ...]
    managed_store: ManagedStoreArgs | None
    """None: the counters stand in the cluster."""
    registry: Registry = UPSTREAM


class GatewayControllers(PlatformComponent):
    """Envoy Gateway and Envoy AI Gateway, each in a namespace of its own, with every CRD before its reader."""

    TYPE = "slipway:gateway:GatewayControllers"

    def __init__(
        self, name: str, args: GatewayControllersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        spaces = {
            where: KubernetesObject(
                f"{name}-namespace-{where}",
                system_namespace(where),
                # Charts wait for their pods, and pods for nodes, addresses and names.
                self.child_opts(depends_on=list(args.after)),
            )
            for where in (ENVOY_GATEWAY, AI_GATEWAY)
        }
        # Envoy Gateway does not finish starting while a kind it watches is missing; the AI gateway looks once, and
        # then ignores pools until it is restarted.
        crds = define(self, name, *_DEFINED)
        address, store = self._store(name, args, spaces[ENVOY_GATEWAY])
        ai = release(
            f"{name}-ai",
            "ai-gateway",
            AI_GATEWAY,
            ai_gateway_values(),
            # Its webhook's certificate is a cert-manager object.
            self.child_opts(depends_on=[*crds, spaces[AI_GATEWAY], *args.after]),
            registry=args.registry,
        )
        budget = KubernetesObject(
            f"{name}-ai-budget", admission_budget(), self.child_opts(depends_on=[spaces[AI_GATEWAY]])
        )
        controller = release(
            f"{name}-envoy",
            "envoy-gateway",
            ENVOY_GATEWAY,
            controller_values(address),
            # It asks the AI gateway about every change, and counts in the store.
            self.child_opts(depends_on=[*crds, ai, *store, spaces[ENVOY_GATEWAY]]),
            registry=args.registry,
        )
        self.ready: tuple[pulumi.Resource, ...] = (*crds, *store, ai, budget, controller)
        self.register_outputs({})

    def _store(
        self, name: str, args: GatewayControllersArgs, space: pulumi.Resource
    ) -> tuple[StoreAddress, tuple[pulumi.Resource, ...]]:
        if args.managed_store is not None:
            managed = ManagedStore(f"{name}-{NAME}", args.managed_store, self.child_opts())
            return managed.address, managed.ready
        objects = [
            KubernetesObject(
                # The API server refuses objects of a namespace that is not there.
                f"{name}-{NAME}-{role}",
                args.registry.pulls(manifest),
                self.child_opts(depends_on=[space]),
            )
            for role, manifest in store_manifests().items()
        ]
        return IN_CLUSTER, tuple(objects)
