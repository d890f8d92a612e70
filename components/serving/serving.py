"""KServe: turns model objects into running endpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import INNER_DOMAIN, INNER_GATEWAY, KSERVE
from components.gateway.certificates import CertificatesHandle
from components.gateway.gateway import GatewayHandle
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.flow import Peer
from components.mesh.mesh import MeshHandle
from components.mesh.mesh_exception import MeshException
from components.serving.download import storage_container
from components.serving.llm_configs import llm_configs
from components.serving.runtimes import serving_runtimes
from facts.strict import Slug


class ServingSettings(Settings):
    """``serving:`` in a stack file."""

    picker_pool: Slug = "cpu"
    """The pool of ``cpu_pools``, here or in a stack on top, on whose machines language models' pickers run."""


@dataclass(frozen=True, kw_only=True)
class ServingArgs:
    """What :class:`Serving` needs. ``api_server_range`` holds the addresses the API server calls from."""

    settings: ServingSettings
    names: Names
    api_server_range: str
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    mesh: MeshHandle
    gateway: GatewayHandle
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class ServingHandle(Handle):
    """What others may use of :class:`Serving`: that model objects are acted upon."""


WEBHOOK_PORT: Final = 9443
_HEALTH_PORT: Final = 8081
_CONTROLLERS: Final = {
    "kserve-controller-manager": "predictive models",
    "llmisvc-controller-manager": "language models",
}
"""By the label ``control-plane`` of their pods (KServe's charts v0.20.0)."""
_CONTROLLER = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_STORAGE = {
    # The chart's 1 GiB limit ends the download of a large model (KServe's own samples say so).
    "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"cpu": "2", "memory": "8Gi"}},
    "enableModelcar": True,
}


def predictive_values() -> dict[str, Any]:
    """Standard mode on the Gateway API; the chart's defaults are Knative and Istio's old ingress."""
    return {
        "kserve": {
            "controller": {
                "deploymentMode": "Standard",
                "gateway": {
                    "domain": INNER_DOMAIN,
                    "disableIstioVirtualHost": True,
                    "ingressGateway": {
                        "enableGatewayApi": True,
                        "kserveGateway": f"{KSERVE}/{INNER_GATEWAY}",
                        "createGateway": False,
                        "className": "envoy",
                    },
                },
                "resources": _CONTROLLER,
                **ON_SYSTEM_NODES,
            },
            "storage": _STORAGE,
        }
    }


def llm_values() -> dict[str, Any]:
    """The LLM controller alone: the other chart owns what they share, the gateway owns the pools' CRDs.

    Upstream's configs and runtimes are a chart of their own, which is not installed: ours stand under their names.
    """
    return {
        "kserve": {
            "createSharedResources": False,
            "llmisvc": {
                "createGIECRDs": False,
                "controller": {"replicas": 2, "resources": _CONTROLLER, **ON_SYSTEM_NODES},
            },
        }
    }


def webhook_exceptions(api_server_range: str) -> list[MeshException]:
    """The API server asks the controllers about every model; it is no part of the mesh, and their TLS stands in."""
    return [
        MeshException(
            kind="api-server-to-webhook",
            name=f"api-server-to-{control_plane}",
            target=Peer(namespace=KSERVE, labels={"control-plane": control_plane}),
            port=WEBHOOK_PORT,
            reason=f"admission of {what}; the webhook's certificate is checked by the API server",
            addresses=[api_server_range],
            probe_ports=(_HEALTH_PORT,),
        )
        for control_plane, what in _CONTROLLERS.items()
    ]


def llm_controller_budget() -> dict[str, Any]:
    """While no controller answers, no language model can be changed; the chart has no budget of its own."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "llmisvc-controller-manager", "namespace": KSERVE},
        "spec": {
            "minAvailable": 1,
            "selector": {"matchLabels": {"control-plane": "llmisvc-controller-manager"}},
        },
    }


class Serving(PlatformComponent):
    """KServe in Standard mode for predictive models and LLMs, with our own runtimes and LLM configs.

    The full CRDs are installed, not the minimal ones: the API server then validates every model object.
    """

    TYPE = "slipway:serving:Serving"

    def __init__(self, name: str, args: ServingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # The gateway brings the namespace and the Gateway API; cert-manager signs the webhooks' certificates.
        waits = [*args.cluster_addons.ready, *args.certificates.ready, *args.gateway.ready]
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(
                exceptions=webhook_exceptions(args.api_server_range),
                after=[*args.mesh.ready, *args.gateway.ready],
            ),
            self.child_opts(),
        )
        controllers = self._controllers(name, args.registry, waits, flows.ready)
        budget = KubernetesObject(
            # The API server refuses objects of a namespace that is not there.
            f"{name}-llm-controller-budget",
            llm_controller_budget(),
            self.child_opts(depends_on=list(args.gateway.ready)),
        )
        manifests = {
            **{f"runtime-{engine}": manifest for engine, manifest in serving_runtimes().items()},
            "storage-container": storage_container(args.names),
            **{
                f"llm-config-{role}": manifest
                for role, manifest in llm_configs(args.settings.picker_pool).items()
            },
        }
        objects = [
            # Each needs its CRD and the webhook of its controller.
            KubernetesObject(
                f"{name}-{role}",
                args.registry.pulls(manifest),
                self.child_opts(depends_on=[*controllers, *args.gateway.ready]),
            )
            for role, manifest in manifests.items()
        ]
        self.handle = ServingHandle(ready=(*flows.ready, *controllers, budget, *objects))
        self.register_outputs({})

    def _controllers(
        self,
        name: str,
        registry: Registry,
        waits: Sequence[pulumi.Resource],
        flows: Sequence[pulumi.Resource],
    ) -> list[pulumi.Resource]:
        crds = define(self, name, "kserve", "kserve-llm")
        controller = release(
            f"{name}-controller",
            "kserve",
            KSERVE,
            predictive_values(),
            # In a closed namespace the kubelet's probes need their way too, or the release never becomes ready.
            self.child_opts(depends_on=[*crds, *waits, *flows]),
            registry=registry,
        )
        # Shares its ConfigMap with the predictive controller, which therefore comes first.
        llm_controller = release(
            f"{name}-llm-controller",
            "kserve-llmisvc",
            KSERVE,
            llm_values(),
            self.child_opts(depends_on=[*crds, controller, *waits, *flows]),
            registry=registry,
        )
        return [*crds, controller, llm_controller]
