"""The configuration of Temporal's services, as text that they fill in from their pods' environment."""

from typing import Any, Final

import pulumi
import yaml

from components.foundation.well_known import TEMPORAL
from components.loops.database import PORT

SERVICES: Final = ("frontend", "history", "matching", "worker")
RPC_PORT: Final = 7233
MEMBERSHIP_PORT: Final = 6933
METRICS_PORT: Final = 9090
CONFIG: Final = "/etc/temporal/config"
TOKENS: Final = "/run/database"
HOST: Final = "DATABASE_HOST"
_ADDRESS: Final = "temporal-database"
DATABASES: Final = {"default": "temporal", "visibility": "temporal_visibility"}


def labels(service: str = "") -> dict[str, str]:
    """Labels of all pods of the engine, or of one service's."""
    own = {"app.kubernetes.io/component": service} if service else {}
    return {"app.kubernetes.io/name": TEMPORAL, **own}


def meta(name: str) -> dict[str, Any]:
    """The metadata of an object of the engine."""
    return {
        "name": name,
        "namespace": TEMPORAL,
        "labels": {"app.kubernetes.io/part-of": "slipway", **labels()},
    }


def _store(name: str, user: str) -> dict[str, Any]:
    return {
        "sql": {
            "pluginName": "postgres12_pgx",
            "databaseName": DATABASES[name],
            "connectAddr": f'{{{{ env "{HOST}" }}}}:{PORT}',
            "connectProtocol": "tcp",
            "user": user,
            # Asked for each new connection; a connection is given up before its token could be refused anew.
            "passwordCommand": {"command": "/bin/cat", "args": [f"{TOKENS}/token"], "timeout": "5s"},
            "connectAttributes": {"connect_timeout": "10"},
            "maxConns": 20,
            "maxIdleConns": 20,
            "maxConnLifetime": "10m",
            "tls": {
                "enabled": True,
                "enableHostVerification": True,
                "caFile": f"{CONFIG}/authority.pem",
                "serverName": f'{{{{ env "{HOST}" }}}}',
            },
        }
    }


def server_config(user: str, shards: int) -> str:
    """The configuration of every service; Temporal fills in what stands in the pod's environment."""
    ports = {"grpcPort": RPC_PORT, "membershipPort": MEMBERSHIP_PORT, "bindOnIP": "0.0.0.0"}  # noqa: S104 the pod's
    config = {
        "log": {"stdout": True, "level": "info"},
        "persistence": {
            "numHistoryShards": shards,
            "defaultStore": "default",
            "visibilityStore": "visibility",
            "datastores": {name: _store(name, user) for name in DATABASES},
        },
        "global": {
            "membership": {"maxJoinDuration": "30s", "broadcastAddress": '{{ env "POD_IP" }}'},
            "metrics": {"prometheus": {"timerType": "histogram", "listenAddress": f"0.0.0.0:{METRICS_PORT}"}},
        },
        "services": {service: {"rpc": ports} for service in SERVICES},
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": f"127.0.0.1:{RPC_PORT}",
                }
            },
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}},
        "dynamicConfigClient": {"filepath": f"{CONFIG}/dynamic.yaml", "pollInterval": "60s"},
    }
    return "# enable-template\n" + yaml.safe_dump(config, sort_keys=True)


def config_map(user: str, shards: int, authority: str) -> dict[str, Any]:
    """What services read: their configuration, nothing that changes while they run, and who signs for the database."""
    files = {"config.yaml": server_config(user, shards), "dynamic.yaml": "{}\n", "authority.pem": authority}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("temporal-config"), "data": files}


def database_address(host: pulumi.Input[str]) -> dict[str, Any]:
    """Where the database answers. AWS says it when it is made: kept here, pods can be judged whole before that."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(_ADDRESS), "data": {"host": host}}


def host_as(name: str = HOST) -> dict[str, Any]:
    """A variable of a container with the database's host."""
    return {"name": name, "valueFrom": {"configMapKeyRef": {"name": _ADDRESS, "key": "host"}}}
