"""What must hold for figures, traces and logs that leave the cluster: encrypted on the way to whom they are for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.network.cluster_address import is_inside
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, mapping, sequence, text

_COLLECTOR: Final = "kubernetes:opentelemetry.io/v1beta1:OpenTelemetryCollector"
"""Its older version keeps the configuration as a text, which is not read."""
_PROMETHEUS: Final = (
    "kubernetes:monitoring.coreos.com/v1:Prometheus",
    "kubernetes:monitoring.coreos.com/v1alpha1:PrometheusAgent",
)
_MANAGED: Final = re.compile(r"^https?://aps-workspaces(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.")
_PRIVATE: Final = (".internal", ".local", ".lan", ".localdomain")


def _plain(sender: Resource, _graph: Graph) -> Iterable[Offence]:
    where = _namespace(sender)
    for place in _exporters_at(sender):
        for name, exporter in mapping(at(sender.inputs, place), place).items():
            yield from _exported(f"{place}.{name}", mapping(exporter, str(name)), where)
    for path, remote in _writes(sender):
        yield from _sent(f"{path}.url", text(at(remote, "url"), f"{path}.url"), where)


def _namespace(sender: Resource) -> str:
    is_release = sender.type == RELEASE
    return text(at(sender.inputs, "namespace"), "namespace") if is_release else namespace_of(sender)


def _exporters_at(sender: Resource) -> tuple[str, ...]:
    """Where a collector, or the values of its chart, say what it sends where."""
    if sender.type == RELEASE and chart_of(sender) == "opentelemetry-collector":
        return ("values.config.exporters", "values.alternateConfig.exporters")
    return ("spec.config.exporters",) if sender.type == _COLLECTOR else ()


def _writes(sender: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each store that a Prometheus, or one of its chart, writes to, with its path."""
    place = "spec.remoteWrite" if sender.type in _PROMETHEUS else ""
    if sender.type == RELEASE and chart_of(sender) == "kube-prometheus-stack":
        place = "values.prometheus.prometheusSpec.remoteWrite"
    for index, remote in enumerate(sequence(at(sender.inputs, place), place) if place else ()):
        yield f"{place}[{index}]", mapping(remote, f"{place}[{index}]")


def _unsigned(sender: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, remote in _writes(sender):
        found = _MANAGED.match(text(at(remote, "url"), f"{path}.url"))
        if found is None:
            continue
        if at(remote, "sigv4") is None:
            yield Offence(path=f"{path}.sigv4", problem="is not set: AWS refuses a write that is not signed")
            continue
        for key in ("accessKey", "secretKey"):
            if at(remote, f"sigv4.{key}") is not None:
                yield Offence(
                    path=f"{path}.sigv4.{key}",
                    problem="is a lasting credential",
                    expected="left out: the pod's own role signs",
                )
        region = text(at(remote, "sigv4.region"), f"{path}.sigv4.region")
        if region and region != found["region"]:
            yield Offence(
                path=f"{path}.sigv4.region",
                problem="signs for another region than the workspace's",
                value=region,
                expected=found["region"],
            )


def _exported(place: str, exporter: Mapping[str, Any], where: str) -> Iterator[Offence]:
    """One address for all signals, or one for each; an address without a scheme is encrypted unless told not to be."""
    is_plain = flag(at(exporter, "tls.insecure"), f"{place}.tls.insecure")
    for key, value in exporter.items():
        if key == "endpoint" or str(key).endswith("_endpoint"):
            path = f"{place}.{key}"
            said = text(known(value, path), path)
            yield from _sent(path, f"http://{said}" if is_plain and "://" not in said else said, where)


def _sent(path: str, address: str, where: str) -> Iterator[Offence]:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return
    if parts.scheme == "http" and "$" not in host and _is_elsewhere(host, where):
        yield Offence(path=path, problem=f"sends to {host} in plain text", value=address, expected="https")


def _is_elsewhere(host: str, where: str) -> bool:
    """Whether it is reached over the internet, as far as an address tells."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return bool(host) and not is_inside(host, where) and not host.endswith(_PRIVATE)


RULES: tuple[Rule, ...] = (
    Rule(
        id="telemetry-leaves-encrypted",
        severity="high",
        applies_to=(_COLLECTOR, *_PROMETHEUS, RELEASE),
        why="Traces and logs hold addresses, names and parts of prompts, and the key that comes with them.",
        fix="Use https, and take tls.insecure away.",
        check=_plain,
    ),
    Rule(
        id="writes-to-managed-prometheus-are-signed",
        severity="high",
        applies_to=(*_PROMETHEUS, RELEASE),
        why="Amazon Managed Prometheus refuses what is not signed for its region, and nobody is told but a counter.",
        fix="Set sigv4.region to the workspace's, and give the pods a role with aps:RemoteWrite instead of keys.",
        check=_unsigned,
    ),
)
