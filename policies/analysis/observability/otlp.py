"""Where pods send spans and figures by OTLP, against the Services in view: an address that nobody has loses them.

The variables are OpenTelemetry's ("OTLP Exporter Configuration", read 2026-11-29), the switch is vLLM's
(``--otlp-traces-endpoint``, v0.11). The operator calls a collector's Service ``NAME-collector`` (read 2026-11-29).
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import SERVICE
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.machines.workloads import of_owner
from policies.analysis.network.cluster_address import is_inside, parsed
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, number, sequence

_VARIABLE: Final = re.compile(r"OTEL_EXPORTER_OTLP(_TRACES|_METRICS|_LOGS)?_ENDPOINT")
_SWITCH: Final = "--otlp-traces-endpoint"
_COLLECTOR: Final = (
    "kubernetes:opentelemetry.io/v1beta1:OpenTelemetryCollector",
    "kubernetes:opentelemetry.io/v1alpha1:OpenTelemetryCollector",
)
_NEAR: Final = 0.75
"""How alike a Service in view has to be for another name to be a slip of the pen."""
_DEFAULT_PORTS: Final = {"http": 4318, "https": 4318, "": 4317}


def unheard(owner: Resource, graph: Graph) -> Iterator[Offence]:
    """Endpoints inside the cluster whose port the Service in view has not, or whose name only a slip keeps from one.

    Raises:
        UndecidedError: a pod cannot be read.
    """
    for pod in of_owner(graph, owner):
        for place, address in _endpoints(pod.spec):
            path = f"{pod.path}.{place}" if pod.path else place
            yield from _missed(path, address, namespace_of(owner), graph)


def _endpoints(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, container in enumerate(sequence(at(spec, "containers"), "containers")):
        for place, variable in enumerate(sequence(at(container, "env"), "env")):
            name, value = at(variable, "name"), at(variable, "value")
            if isinstance(name, str) and _VARIABLE.fullmatch(name) and isinstance(value, str):
                yield f"containers[{index}].env[{place}].value", value
        for part in ("command", "args"):
            words = list(sequence(at(container, part), part))
            for place, word in enumerate(words):
                if not isinstance(word, str):
                    continue
                if word.startswith(f"{_SWITCH}="):
                    yield f"containers[{index}].{part}[{place}]", word.partition("=")[2]
                elif word == _SWITCH and place + 1 < len(words) and isinstance(words[place + 1], str):
                    yield f"containers[{index}].{part}[{place + 1}]", words[place + 1]


def _missed(path: str, address: str, where: str, graph: Graph) -> Iterator[Offence]:
    if "$" in address:
        return
    try:
        parts = parsed(address if "//" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 4317)
    except (UndecidedError, ValueError):
        return
    service, _, rest = host.partition(".")
    space = rest.partition(".")[0] or where
    known = _listening(graph, space) if service and host != "localhost" else {}
    # SERVICE.NAMESPACE looks like a name of the internet, unless something of the namespace is in view.
    if not known or not (is_inside(host, where) or rest == space):
        return
    if service not in known:
        if near := difflib.get_close_matches(service, sorted(known), n=1, cutoff=_NEAR):
            yield Offence(
                path=path,
                problem=f"no Service in {space} is called {service}: what is sent there is lost",
                value=address,
                expected=near[0],
            )
    elif known[service] and port not in known[service]:
        yield Offence(
            path=path,
            problem=f"the Service {space}/{service} has no port {port}: what is sent there is lost",
            value=address,
            expected=f"one of {', '.join(map(str, sorted(known[service])))}",
        )


def _listening(graph: Graph, space: str) -> dict[str, set[int]]:
    """Services by name with their ports; of a collector that an operator brings the ports are its configuration's."""
    found: dict[str, set[int]] = {}
    try:
        for service in inside(graph, space, SERVICE):
            ports = sequence(at(service.inputs, "spec.ports"), "spec.ports")
            said = [number(at(port, "port"), "port") for port in ports]
            found[name_of(service)] = {int(one) for one in said if one is not None}
        for collector in inside(graph, space, *_COLLECTOR):
            found[f"{name_of(collector)}-collector"] = set()
    except UndecidedError:
        return {}
    return found
