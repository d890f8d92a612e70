"""The gateway's configuration: one route to all versions by weight, read from a file that is watched. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from tools.local.layout import HOST, Ports

ROUTES: Final = "routes.json"
_TYPE: Final = "type.googleapis.com/envoy"
_MANAGER: Final = f"{_TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_TIMEOUT: Final = "10s"


def cluster_name(model: str, version: str) -> str:
    """As Envoy Gateway names a backend of a rule at the edge: the generated rules count it. Its end is the version."""
    return f"httproute/edge/{model}/rule/0/backend/{version}"


def bootstrap(ports: Ports, model: str, versions: Mapping[str, int], folder: str) -> dict[str, Any]:
    """Envoy's own file: everything on loopback; routes from ``folder``, taken again when a file there is renamed.

    Args:
        ports: where it listens, for callers and for its figures.
        model: the model behind the one listener.
        versions: the port of each version's server.
        folder: where :data:`ROUTES` stands.
    """
    return {
        "node": {"id": "local", "cluster": "edge"},
        "admin": {"address": _address(ports.gateway_admin)},
        # Histograms are told at each flush, counters at once: the default, five seconds, is as long as a scaled window.
        "stats_flush_interval": "0.050s",
        "static_resources": {
            "listeners": [_listener(ports.gateway, model, folder)],
            "clusters": [_cluster(model, version, port) for version, port in versions.items()],
        },
    }


def routes(model: str, shares: Mapping[str, int], number: int = 1) -> dict[str, Any]:
    """The watched file: each version's weight is its share in per cent."""
    path = f"/v1/models/{model}"
    return {
        "version_info": str(number),
        "resources": [
            {
                "@type": f"{_TYPE}.config.route.v3.RouteConfiguration",
                "name": model,
                "virtual_hosts": [
                    {
                        "name": model,
                        "domains": ["*"],
                        "routes": [
                            {
                                "match": {"prefix": path},
                                "route": {
                                    "timeout": _TIMEOUT,
                                    "weighted_clusters": {
                                        "clusters": [
                                            _weighted(model, version, share)
                                            for version, share in shares.items()
                                        ]
                                    },
                                },
                            }
                        ],
                    }
                ],
            }
        ],
    }


def _weighted(model: str, version: str, share: int) -> dict[str, Any]:
    """The answer says which version gave it: callers of this machine are told what a share did."""
    header = {"header": {"key": "x-slipway-version", "value": version}}
    return {"name": cluster_name(model, version), "weight": share, "response_headers_to_add": [header]}


def _listener(port: int, model: str, folder: str) -> dict[str, Any]:
    return {
        "name": "callers",
        "address": _address(port),
        "filter_chains": [
            {
                "filters": [
                    {
                        "name": "http",
                        "typed_config": {
                            "@type": _MANAGER,
                            "stat_prefix": "callers",
                            "rds": {
                                "route_config_name": model,
                                "config_source": {
                                    "resource_api_version": "V3",
                                    "path_config_source": {
                                        "path": f"{folder}/{ROUTES}",
                                        "watched_directory": {"path": folder},
                                    },
                                },
                            },
                            "http_filters": [
                                {
                                    "name": "router",
                                    "typed_config": {
                                        "@type": f"{_TYPE}.extensions.filters.http.router.v3.Router"
                                    },
                                }
                            ],
                        },
                    }
                ]
            }
        ],
    }


def _cluster(model: str, version: str, port: int) -> dict[str, Any]:
    name = cluster_name(model, version)
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(port)}}]}],
        },
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": HOST, "port_value": port}}
