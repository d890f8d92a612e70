"""What must hold for Istio's own routing objects: encrypted to the end, checked against a certificate, named hosts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.deferring import every
from policies.reading import at, flag, mapping, sequence, text
from policies.record import Graph, Resource
from policies.rule import Rule

_NETWORKING: Final = "kubernetes:networking.istio.io/"
_VERSIONS: Final = ("v1", "v1beta1", "v1alpha3")
DESTINATIONS: Final = tuple(f"{_NETWORKING}{v}:DestinationRule" for v in _VERSIONS)
GATEWAYS: Final = tuple(f"{_NETWORKING}{v}:Gateway" for v in _VERSIONS)
ENTRIES: Final = tuple(f"{_NETWORKING}{v}:ServiceEntry" for v in _VERSIONS)
TOKENS: Final = tuple(f"kubernetes:security.istio.io/{v}:RequestAuthentication" for v in ("v1", "v1beta1"))
_PLAIN: Final = frozenset({"HTTP", "HTTP2", "GRPC", "TCP", "MONGO", "MYSQL", "REDIS"})
_OLD: Final = frozenset({"TLSV1_0", "TLSV1_1"})


def _unencrypted(destination: Resource, _graph: Graph) -> Iterable[str]:
    spec = mapping(at(destination.inputs, "spec"), "spec")
    policies = [("trafficPolicy", at(spec, "trafficPolicy"))]
    for index, subset in enumerate(sequence(at(spec, "subsets"), "subsets")):
        policies.append((f"subsets.{index}.trafficPolicy", at(subset, "trafficPolicy")))
    return every(partial(_tls_problems, policy, path) for path, policy in policies)


def _tls_problems(policy: Any, path: str) -> Iterator[str]:
    settings = [(path, mapping(at(policy, "tls"), "tls"))]
    for index, port in enumerate(sequence(at(policy, "portLevelSettings"), "portLevelSettings")):
        settings.append((f"{path}.portLevelSettings.{index}", mapping(at(port, "tls"), "tls")))
    for where, tls in settings:
        mode = text(at(tls, "mode"), "tls.mode")
        if tls and mode in {"", "DISABLE"}:
            yield f"{where}.tls sends in plain text"
        if flag(at(tls, "insecureSkipVerify"), "insecureSkipVerify"):
            yield f"{where}.tls trusts any certificate"


def _plain_servers(gateway: Resource, _graph: Graph) -> Iterable[str]:
    servers = sequence(at(gateway.inputs, "spec.servers"), "spec.servers")
    return every(partial(_server_problems, server, index) for index, server in enumerate(servers))


def _server_problems(server: Any, index: int) -> Iterator[str]:
    protocol = text(at(server, "port.protocol"), "port.protocol").upper()
    tls: Mapping[str, Any] = mapping(at(server, "tls"), "tls")
    if protocol in _PLAIN and not flag(at(tls, "httpsRedirect"), "httpsRedirect"):
        yield f"server {index} listens in plain text ({protocol})"
    least = text(at(tls, "minProtocolVersion"), "minProtocolVersion")
    if least in _OLD:
        yield f"server {index} accepts {least}"


def _anywhere(entry: Resource, _graph: Graph) -> Iterable[str]:
    for host in sequence(at(entry.inputs, "spec.hosts"), "spec.hosts"):
        if not text(host, "hosts").strip("*."):
            yield f"opens the way to every host ({host})"


def _open_keys(authentication: Resource, _graph: Graph) -> Iterable[str]:
    for index, rule in enumerate(sequence(at(authentication.inputs, "spec.jwtRules"), "spec.jwtRules")):
        if text(at(rule, "jwksUri"), "jwksUri").startswith("http://"):
            yield f"rule {index} fetches the issuer's keys in plain text"


RULES: tuple[Rule, ...] = (
    Rule(
        id="destinations-are-encrypted",
        applies_to=DESTINATIONS,
        why="It switches off, for one host, what the whole mesh promises.",
        fix="Use ISTIO_MUTUAL inside the mesh; SIMPLE with subjectAltNames outside it.",
        check=_unencrypted,
    ),
    Rule(
        id="istio-gateways-encrypt",
        applies_to=GATEWAYS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Serve HTTPS with TLSV1_2 or later; on port 80 only tls.httpsRedirect.",
        check=_plain_servers,
    ),
    Rule(
        id="service-entries-name-their-hosts",
        applies_to=ENTRIES,
        why="A way to everywhere is a way out for whatever was taken.",
        fix="Name the hosts.",
        check=_anywhere,
    ),
    Rule(
        id="token-keys-are-fetched-encrypted",
        applies_to=TOKENS,
        why="Whoever answers in the issuer's place makes tokens for everybody.",
        fix="Use https in jwksUri.",
        check=_open_keys,
    ),
)
