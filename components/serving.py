"""KServe: turns model objects into running endpoints."""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.base import Handle, PlatformComponent, Settings
from components.certificates import CertificatesHandle
from components.cluster_addons import ClusterAddonsHandle
from components.gateway import GatewayHandle
from components.helm import release
from components.kubernetes import KubernetesObject
from components.llm_configs import llm_configs
from components.namespaces import INNER_GATEWAY, KSERVE
from components.serving_runtimes import serving_runtimes


class ServingSettings(Settings):
    """``serving:`` in a stack file: nothing to choose yet."""


@dataclass(frozen=True, kw_only=True)
class ServingArgs:
    """What :class:`Serving` needs."""

    settings: ServingSettings
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    gateway: GatewayHandle


@dataclass(frozen=True, kw_only=True)
class ServingHandle(Handle):
    """What others may use of :class:`Serving`: that model objects are acted upon."""


_CONTROLLER = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_STORAGE = {
    # The chart's 1 GiB limit ends the download of a large model (KServe's own samples say so).
    "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"cpu": "2", "memory": "8Gi"}},
    "enableModelcar": True,
}


def predictive_values(domain: Any) -> dict[str, Any]:
    """Standard mode on the Gateway API; the chart's defaults are Knative and Istio's old ingress."""
    return {
        "kserve": {
            "controller": {
                "deploymentMode": "Standard",
                "gateway": {
                    "domain": domain,
                    "disableIstioVirtualHost": True,
                    "ingressGateway": {
                        "enableGatewayApi": True,
                        "kserveGateway": f"{KSERVE}/{INNER_GATEWAY}",
                        "createGateway": False,
                        "className": "envoy",
                    },
                },
                "resources": _CONTROLLER,
            },
            "storage": _STORAGE,
            "servingruntime": {"enabled": False},
        }
    }


def llm_values() -> dict[str, Any]:
    """The LLM controller without upstream's configs: ours stand under their names."""
    return {
        "kserve": {
            "createSharedResources": False,
            "llmisvc": {"createGIECRDs": False, "controller": {"replicas": 2, "resources": _CONTROLLER}},
            "llmisvcConfigs": {"enabled": False},
            "storage": _STORAGE,
        }
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
        # CRDs stay on delete: without them every model in the cluster is gone.
        kept = {"retain_on_delete": True}
        crds = release(f"{name}-crds", "kserve-crd", KSERVE, {}, self.child_opts(depends_on=waits, **kept))
        # One definition stands in both charts; the second one leaves it out only if it finds the first one's.
        llm_crds = release(
            f"{name}-llm-crds", "kserve-llmisvc-crd", KSERVE, {}, self.child_opts(depends_on=[crds], **kept)
        )
        controller = release(
            f"{name}-controller",
            "kserve",
            KSERVE,
            predictive_values(args.gateway.hostname),
            self.child_opts(depends_on=[crds, *waits]),
        )
        # Shares its ConfigMap with the predictive controller, which therefore comes first.
        llm_controller = release(
            f"{name}-llm-controller",
            "kserve-llmisvc",
            KSERVE,
            llm_values(),
            self.child_opts(depends_on=[llm_crds, controller]),
        )
        # Each needs its CRD and the webhook of its controller.
        after = [crds, llm_crds, controller, llm_controller]
        manifests = {
            **{f"runtime-{engine}": manifest for engine, manifest in serving_runtimes().items()},
            **{f"llm-config-{role}": manifest for role, manifest in llm_configs().items()},
        }
        objects = [
            KubernetesObject(f"{name}-{role}", manifest, self.child_opts(depends_on=after))
            for role, manifest in manifests.items()
        ]
        self.handle = ServingHandle(ready=(crds, llm_crds, controller, llm_controller, *objects))
        self.register_outputs({})
