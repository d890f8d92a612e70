"""What runs the gateways: CRDs, Envoy Gateway, the AI gateway and the store of their counters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_kubernetes.helm.v3 import Release, ReleaseArgs

from components.base import PlatformComponent
from components.gateway_crds import inference_crds
from components.gateway_values import ai_gateway_values, controller_values, crd_values
from components.helm import TIMEOUT_SECONDS, release
from components.kubernetes import KubernetesObject
from components.namespaces import AI_GATEWAY, ENVOY_GATEWAY
from components.rate_limit_store import NAME, store_manifests
from components.system_namespace import system_namespace
from facts.pins import charts

_KEPT: Final[Mapping[str, Any]] = {"retain_on_delete": True}
"""CRDs stay when their release goes: without them every route in the cluster is gone."""


def admission_budget() -> dict[str, Any]:
    """The AI gateway's chart has no budget of its own, and without its webhook no proxy pod is admitted."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "ai-gateway-controller", "namespace": AI_GATEWAY},
        "spec": {
            "minAvailable": 1,
            "selector": {"matchLabels": {"app.kubernetes.io/name": "ai-gateway-helm"}},
        },
    }


@dataclass(frozen=True, kw_only=True)
class GatewayControllersArgs:
    """What :class:`GatewayControllers` needs. ``after`` holds the add-ons, and cert-manager with its issuers."""

    after: tuple[pulumi.Resource, ...]


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
        crds = self._crds(name, spaces)
        store = [
            KubernetesObject(
                # The API server refuses objects of a namespace that is not there.
                f"{name}-{NAME}-{role}",
                manifest,
                self.child_opts(depends_on=[spaces[ENVOY_GATEWAY]]),
            )
            for role, manifest in store_manifests().items()
        ]
        ai = release(
            f"{name}-ai",
            "ai-gateway",
            AI_GATEWAY,
            ai_gateway_values(),
            # It reads the kinds it finds at start; its webhook's certificate is a cert-manager object.
            self.child_opts(depends_on=[*crds, spaces[AI_GATEWAY], *args.after]),
        )
        budget = KubernetesObject(
            f"{name}-ai-budget", admission_budget(), self.child_opts(depends_on=[spaces[AI_GATEWAY]])
        )
        controller = _controller(
            f"{name}-envoy",
            # It asks the AI gateway about every change, and counts in the store.
            self.child_opts(depends_on=[*crds, ai, *store, spaces[ENVOY_GATEWAY]]),
        )
        self.ready: tuple[pulumi.Resource, ...] = (*crds, *store, ai, budget, controller)
        self.register_outputs({})

    def _crds(self, name: str, spaces: Mapping[str, KubernetesObject]) -> list[pulumi.Resource]:
        gateway = release(
            f"{name}-crds",
            "gateway-crds",
            ENVOY_GATEWAY,
            crd_values(),
            # A release records itself in its namespace.
            self.child_opts(depends_on=[spaces[ENVOY_GATEWAY]], **_KEPT),
        )
        ai = release(
            f"{name}-ai-crds",
            "ai-gateway-crds",
            AI_GATEWAY,
            {},
            # A release records itself in its namespace.
            self.child_opts(depends_on=[spaces[AI_GATEWAY]], **_KEPT),
        )
        inference = [
            KubernetesObject(f"{name}-crd-{kind}", manifest, self.child_opts(**_KEPT))
            for kind, manifest in inference_crds().items()
        ]
        return [gateway, ai, *inference]


def _controller(name: str, opts: pulumi.ResourceOptions) -> Release:
    """Envoy Gateway's chart without the CRDs it also carries.

    They are of the experimental channel, which the standard channel's own admission policy refuses.
    """
    chart = charts()["envoy-gateway"]
    return Release(
        name,
        ReleaseArgs(
            name="envoy-gateway",
            chart=f"{chart.repository}/{chart.chart}",
            version=chart.version,
            namespace=ENVOY_GATEWAY,
            create_namespace=False,
            atomic=True,
            skip_await=False,
            skip_crds=True,
            timeout=TIMEOUT_SECONDS,
            values=controller_values(),
        ),
        opts,
    )
