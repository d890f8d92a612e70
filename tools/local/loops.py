"""What the loops' workers are told here, and the keys of the people on this machine."""

import shutil
from pathlib import Path
from typing import Any, Final

from tools.local import envoy, signals
from tools.local.layout import ENVIRONMENT, HOST, ON_CALL, OWNER, ROOT, Layout, Ports

_CLUSTER: Final = envoy.cluster_name("{model}", "{version}")
_SELECTED: Final = f'envoy_cluster_name="{_CLUSTER}",namespace="edge"'
# Envoy makes a cluster's counters with its first request; before that, nothing was called.
_OR_NONE: Final = f"or 0 * sum(envoy_cluster_membership_total{{{_SELECTED}}})"


def settings(layout: Layout, ports: Ports) -> dict[str, Any]:
    """The workers' file (runtime/loops/settings.py): the committed policies, this run's records, loopback."""
    return {
        "environment": ENVIRONMENT,
        "temporal": {"address": f"{HOST}:{ports.temporal}"},
        "prometheus": {"url": f"http://{HOST}:{ports.prometheus}", "queries": queries()},
        "releases": str(layout.models),
        "policies": str(ROOT / "policies" / "actions"),
        "shares": {
            "kind": "envoy-file",
            "path": str(layout.gateway / envoy.ROUTES),
            "admin": f"http://{HOST}:{ports.gateway_admin}",
        },
        "events": {"key": str(layout.keys / "events.pem")},
        "people": {"keys": str(layout.people)},
        "proposals": str(layout.proposals),
        "references": str(layout.references),
        "minute_seconds": 1,
    }


def queries() -> dict[str, str]:
    """Figures of one version: the gateway here has a cluster a version."""
    counted = f"sum(increase(envoy_cluster_upstream_rq_xx{{{_SELECTED}}}[{{window}}]))"
    failed = f'sum(increase(envoy_cluster_upstream_rq_xx{{{_SELECTED},envoy_response_code_class="5"}}[{{window}}]))'
    return {
        "histogram": signals.query(),
        "requests": f"{counted} {_OR_NONE}",
        "errors": f"{failed} {_OR_NONE}",
        "latency": (
            "histogram_quantile({quantile}, sum by (le) "
            f"(increase(envoy_cluster_upstream_rq_time_bucket{{{_SELECTED}}}[{{window}}])))"
        ),
    }


def make_keys(layout: Layout) -> None:
    """A key that signs events, whose public half lies beside the records, and one for each person; none of before."""
    from runtime.loops.events.signing import make_key  # noqa: PLC0415 cryptography is in the loops' environment alone

    for folder in (layout.keys, layout.people):
        shutil.rmtree(folder, ignore_errors=True)
    make_key(layout.keys / "events.pem", layout.models.parent / "keys" / "events.pub")
    for who in (OWNER, ON_CALL):
        make_key(key_of(layout, who), layout.people / f"{who}.pub")


def key_of(layout: Layout, who: str) -> Path:
    """A person's private key."""
    return (layout.people if who == ON_CALL else layout.keys) / f"{who}.pem"


def command(layout: Layout, *words: str) -> list[str]:
    """The loops' own command with this run's settings, for the same interpreter."""
    name, *more = words
    return ["-m", "runtime.loops", name, *more, "--settings", str(layout.loops)]


def canary(layout: Layout, model: str, stable: str, candidate: str) -> list[str]:
    return command(layout, "rollout", model, stable, candidate, "--key", str(key_of(layout, OWNER)))


def watch(layout: Layout, model: str, version: str) -> list[str]:
    """Look at the signals of a version's record, window by window."""
    return command(layout, "watch", model, version, "--key", str(key_of(layout, OWNER)))


def answer(layout: Layout, decision: str, run: str) -> list[str]:
    """``decision`` is approve or refuse."""
    return command(layout, decision, run, "--key", str(key_of(layout, ON_CALL)))
