"""One way to install a pinned chart: waited for, atomic, never the latest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.foundation.registry import UPSTREAM, Registry
from facts.pins import charts

TIMEOUT_SECONDS = 900


def release(
    name: str,
    pin: str,
    namespace: str,
    values: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    *,
    registry: Registry = UPSTREAM,
) -> k8s.helm.v3.Release:
    """A release of the chart pinned as ``pin`` in ``facts/pins/charts.yaml``.

    The namespace exists before: it is ours, with its labels. What the chart holds is not seen by the gate. What
    stands in its ``crds/`` is left out: definitions are objects of ours (``components.foundation.definitions``).
    The chart and every image it pulls come from ``registry``.
    """
    chart, index = registry.chart(pin)
    return k8s.helm.v3.Release(
        name,
        k8s.helm.v3.ReleaseArgs(
            name=pin,
            chart=chart,
            version=charts()[pin].version,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=index) if index else None,
            namespace=namespace,
            create_namespace=False,
            atomic=True,
            skip_await=False,
            skip_crds=True,
            timeout=TIMEOUT_SECONDS,
            values=registry.values(pin, values),
        ),
        opts,
    )
