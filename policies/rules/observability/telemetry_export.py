"""What must hold for figures, traces and logs that leave the cluster: encrypted on the way to whom they are for."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

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
_PRIVATE: Final = (".internal", ".local", ".lan", ".localdomain")


def _plain(sender: Resource, _graph: Graph) -> Iterable[Offence]:
    where = namespace_of(sender)
    if sender.type == _COLLECTOR:
        exporters = mapping(at(sender.inputs, "spec.config.exporters"), "spec.config.exporters")
        for name, exporter in exporters.items():
            yield from _exported(str(name), mapping(exporter, str(name)), where)
        return
    for index, remote in enumerate(sequence(at(sender.inputs, "spec.remoteWrite"), "spec.remoteWrite")):
        path = f"spec.remoteWrite[{index}].url"
        yield from _sent(path, text(at(remote, "url"), path), where)


def _exported(name: str, exporter: Mapping[str, Any], where: str) -> Iterator[Offence]:
    """One address for all signals, or one for each; an address without a scheme is encrypted unless told not to be."""
    is_plain = flag(at(exporter, "tls.insecure"), f"{name}.tls.insecure")
    for key, value in exporter.items():
        if key == "endpoint" or str(key).endswith("_endpoint"):
            path = f"spec.config.exporters.{name}.{key}"
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
        applies_to=(_COLLECTOR, *_PROMETHEUS),
        why="Traces and logs hold addresses, names and parts of prompts, and the key that comes with them.",
        fix="Use https, and take tls.insecure away.",
        check=_plain,
    ),
)
