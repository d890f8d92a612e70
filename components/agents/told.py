"""What each part of an agent is told, and the records it reads: ConfigMaps. No secret stands in them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.agents.parts import METRICS_PORT, Part, account, begins_runs, meta
from components.agents.store import ROLE
from components.foundation.names import Names
from components.foundation.well_known import EDGE
from components.loops.figures import queries
from components.loops.worker_manifests import CODE
from components.models.scaling import PROMETHEUS
from releases.agent import Agent

TOLD: Final = "/etc/slipway"
RELEASES: Final = f"{TOLD}/releases"
SECRETS: Final = f"{TOLD}/secrets"
WORK: Final = "/var/lib/agents"
EDGE_SERVICE: Final = "edge-inside"
"""The edge's address inside the cluster: agents are callers, and need not leave it."""
AUTHORITY: Final = "authority.pem"
_DOORS: Final = f"{RELEASES}/people"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all parts of all agents of a stack are told."""

    names: Names
    address: pulumi.Input[str]
    namespace: pulumi.Input[str]
    is_tls: bool
    hostname: str
    has_own_authority: bool
    """Whether the edge's certificate is signed by the platform's own authority, which no trust store knows."""
    collector: pulumi.Input[str]
    """Who takes spans of runs."""


def settings_of(agent: Agent, part: Part, ground: Ground) -> dict[str, Any]:
    """What a worker reads (``runtime/loops/agents/settings.py``)."""
    names = ground.names
    told: dict[str, Any] = {
        "environment": names.environment,
        "agent": agent.agent,
        "version": agent.version,
        "part": part,
        "temporal": {"address": ground.address, "namespace": ground.namespace, "tls": ground.is_tls},
        "releases": RELEASES,
        "bucket": {"name": names.bucket(ROLE), "region": names.region},
        "metrics": f"0.0.0.0:{METRICS_PORT}",
        "traces": ground.collector,
    }
    if part != "act":
        trust = {"authority": f"{SECRETS}/{AUTHORITY}"} if ground.has_own_authority else {}
        told["gateway"] = {
            "address": f"https://{EDGE_SERVICE}.{EDGE}.svc.cluster.local",
            "hostname": ground.hostname,
            "token": f"{SECRETS}/token",
            **trust,
        }
        return told
    told["acting"] = {
        "policies": f"{CODE}/policies/actions",
        "keys": _DOORS,
        "database": f"{WORK}/agent.db",
        "key": f"{SECRETS}/journal.pem",
        "identities": f"{SECRETS}/identities",
        **({"loops": f"{TOLD}/loops.yaml"} if begins_runs(agent) else {}),
    }
    return told


def loops_settings(ground: Ground) -> dict[str, Any]:
    """The loops' settings (``runtime/loops/settings.py``), as far as the desk and runs that agents begin read them."""
    return {
        "environment": ground.names.environment,
        "temporal": {"address": ground.address, "namespace": ground.namespace, "tls": ground.is_tls},
        "prometheus": {"url": PROMETHEUS, "queries": queries()},
        "releases": f"{RELEASES}/models",
        "policies": f"{CODE}/policies/actions",
        "shares": {"kind": "cluster", "server": "https://kubernetes.default.svc"},
        # Neither writes events or answers runs: those who do have keys of their own.
        "events": {"key": f"{SECRETS}/none"},
        "people": {"keys": _DOORS},
        "proposals": f"{WORK}/proposals",
    }


def config_map(agent: Agent, part: Part, ground: Ground) -> dict[str, Any]:
    """A part's settings as JSON, which is YAML too; the engine's address may be another stack's to say."""
    data = {"agent.yaml": pulumi.Output.json_dumps(settings_of(agent, part, ground), sort_keys=True)}
    if part == "act" and begins_runs(agent):
        data["loops.yaml"] = pulumi.Output.json_dumps(loops_settings(ground), sort_keys=True)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": meta(account(agent.agent, part)),
        "data": data,
    }


def records_name(owner: str) -> str:
    return f"{owner}-records"


def records_map(owner: str, files: Mapping[str, str]) -> dict[str, Any]:
    """Records and events as a ConfigMap: as the merged stack has them; an ``up`` brings what was appended."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": meta(records_name(owner)),
        "data": {_key(path): text for path, text in sorted(files.items())},
    }


def records_volume(owner: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The same files at their paths."""
    items = [{"key": _key(path), "path": path} for path in sorted(files)]
    return {"name": "records", "configMap": {"name": records_name(owner), "items": items}}


def _key(path: str) -> str:
    """A key of a ConfigMap has no slash; no name of a file here has two dots in a row."""
    return path.replace("/", "..")
