"""The inner gateway's route to the versions of a predictive model, with their shares (fields: Gateway API v1.5.1).

KServe 0.20 makes a Deployment and a Service for each canary and puts ``trafficPercent`` into the status, but into no
route: only its main branch does (pull request 5912; ``httproute_reconciler.go`` of v0.20.0 knows no canary). So this
route is ours.
"""

from typing import Any, Final

from components.foundation.well_known import INNER_DOMAIN, INNER_GATEWAY, KSERVE
from components.gateway.driven_shares import DrivenBackend, notes
from components.models.plan import ModelPlan
from components.models.predictive_manifest import deployment_name
from components.models.traffic import TrafficSettings, by_number

_SERVICE_PORT: Final = 80
"""Of every Service that KServe makes for a predictor (``CommonDefaultHttpPort``)."""


def inner_host(plan: ModelPlan, namespace: str) -> str:
    """The host under which the inner gateway knows a predictive model, whatever version answers."""
    return f"{plan.model}.{namespace}.{INNER_DOMAIN}"


def predictive_route(plan: ModelPlan, namespace: str, traffic: TrafficSettings) -> dict[str, Any]:
    """Every version is a backend with its share in per cent; one that is kept warm has 0."""
    driven = notes(
        DrivenBackend(version=version, name=deployment_name(release), most=traffic.most_of(version))
        for version, release in plan.releases.items()
    )
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": plan.model,
            "namespace": namespace,
            "labels": plan.labels(),
            **({"annotations": driven} if plan.is_driven else {}),
        },
        "spec": {
            "parentRefs": [
                {
                    "group": "gateway.networking.k8s.io",
                    "kind": "Gateway",
                    "name": INNER_GATEWAY,
                    "namespace": KSERVE,
                }
            ],
            "hostnames": [inner_host(plan, namespace)],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "backendRefs": [
                        {
                            "group": "",
                            "kind": "Service",
                            "name": deployment_name(plan.releases[version]),
                            "port": _SERVICE_PORT,
                            "weight": traffic.first_percent_of(version, is_driven=plan.is_driven),
                        }
                        for version in by_number(list(plan.releases))
                    ],
                    # No limit here, where Envoy's own would be 15 seconds: the edge knows how long an answer may
                    # take.
                    "timeouts": {"request": "0s", "backendRequest": "0s"},
                }
            ],
        },
    }
