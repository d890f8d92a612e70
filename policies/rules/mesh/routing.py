"""What must hold for Istio's own routing objects: encrypted to the end, checked against a certificate, named hosts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.tls_policies import is_weak
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_NETWORKING: Final = "kubernetes:networking.istio.io/"
_VERSIONS: Final = ("v1", "v1beta1", "v1alpha3")
DESTINATIONS: Final = tuple(f"{_NETWORKING}{v}:DestinationRule" for v in _VERSIONS)
GATEWAYS: Final = tuple(f"{_NETWORKING}{v}:Gateway" for v in _VERSIONS)
ENTRIES: Final = tuple(f"{_NETWORKING}{v}:ServiceEntry" for v in _VERSIONS)
VIRTUAL_SERVICES: Final = tuple(f"{_NETWORKING}{v}:VirtualService" for v in _VERSIONS)
SIDECARS: Final = tuple(f"{_NETWORKING}{v}:Sidecar" for v in _VERSIONS)
FILTERS: Final = f"{_NETWORKING}v1alpha3:EnvoyFilter"
TOKENS: Final = tuple(f"kubernetes:security.istio.io/{v}:RequestAuthentication" for v in ("v1", "v1beta1"))
_PLAIN: Final = frozenset({"HTTP", "HTTP2", "GRPC", "TCP", "MONGO", "MYSQL", "REDIS"})
_CHECKS: Final = frozenset(
    {
        *(
            f"envoy.filters.http.{name}"
            for name in ("rbac", "jwt_authn", "ext_authz", "local_ratelimit", "ratelimit")
        ),
        *(f"envoy.filters.network.{name}" for name in ("rbac", "ext_authz")),
        *("istio_authn", "istio.metadata_exchange"),
    }
)
"""Filters that decide who passes, and that tell who calls."""
_OWN_DOMAINS: Final = frozenset({"global", "local", "internal"})
"""Ends of names that nobody can register."""
_OLD: Final = frozenset({"TLSV1_0", "TLSV1_1"})


def _unencrypted(destination: Resource, _graph: Graph) -> Iterable[Offence]:
    spec = mapping(at(destination.inputs, "spec"), "spec")
    policies = [("spec.trafficPolicy", at(spec, "trafficPolicy"))]
    for index, subset in enumerate(sequence(at(spec, "subsets"), "subsets")):
        policies.append((f"spec.subsets[{index}].trafficPolicy", at(subset, "trafficPolicy")))
    return every(partial(_tls_problems, policy, path) for path, policy in policies)


def _tls_problems(policy: Any, path: str) -> Iterator[Offence]:
    settings = [(path, mapping(at(policy, "tls"), "tls"))]
    for index, port in enumerate(sequence(at(policy, "portLevelSettings"), "portLevelSettings")):
        settings.append((f"{path}.portLevelSettings[{index}]", mapping(at(port, "tls"), "tls")))
    for where, tls in settings:
        mode = text(at(tls, "mode"), "tls.mode")
        if tls and mode in {"", "DISABLE"}:
            yield Offence(
                path=f"{where}.tls.mode", problem="requests are sent in plain text", value=mode or None
            )
        if flag(at(tls, "insecureSkipVerify"), "insecureSkipVerify"):
            yield Offence(
                path=f"{where}.tls.insecureSkipVerify", problem="any certificate is trusted", value=True
            )


def _plain_servers(gateway: Resource, _graph: Graph) -> Iterable[Offence]:
    servers = sequence(at(gateway.inputs, "spec.servers"), "spec.servers")
    return every(partial(_server_problems, server, index) for index, server in enumerate(servers))


def _server_problems(server: Any, index: int) -> Iterator[Offence]:
    path = f"spec.servers[{index}]"
    protocol = text(at(server, "port.protocol"), "port.protocol").upper()
    tls: Mapping[str, Any] = mapping(at(server, "tls"), "tls")
    if protocol in _PLAIN and not flag(at(tls, "httpsRedirect"), "httpsRedirect"):
        yield Offence(
            path=f"{path}.port.protocol",
            problem=f"listens in plain text ({protocol})",
            value=protocol,
            expected="HTTPS or TLS",
        )
    least = text(at(tls, "minProtocolVersion"), "minProtocolVersion")
    if least in _OLD:
        yield Offence(
            path=f"{path}.tls.minProtocolVersion",
            problem=f"{least} is accepted",
            value=least,
            expected="TLSV1_2 or later",
        )
    for number, cipher in enumerate(sequence(at(tls, "cipherSuites"), "cipherSuites")):
        if is_weak(text(cipher, "cipherSuites")):
            yield Offence(
                path=f"{path}.tls.cipherSuites[{number}]",
                problem=f"the cipher {cipher} is accepted",
                value=cipher,
            )


def _anywhere(entry: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, host in enumerate(sequence(at(entry.inputs, "spec.hosts"), "spec.hosts")):
        wildcard, _, rest = text(host, "hosts").partition("*.")
        is_domain = not wildcard and "." not in rest and rest not in _OWN_DOMAINS and rest != ""
        if not text(host, "hosts").strip("*.") or is_domain:
            yield Offence(
                path=f"spec.hosts[{index}]", problem=f"opens the way to every host ({host})", value=host
            )
    for index, address in enumerate(sequence(at(entry.inputs, "spec.addresses"), "spec.addresses")):
        if is_internet(text(address, "addresses")):
            yield Offence(
                path=f"spec.addresses[{index}]",
                problem=f"opens the way to every address ({address})",
                value=address,
            )


def _open_keys(authentication: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(sequence(at(authentication.inputs, "spec.jwtRules"), "spec.jwtRules")):
        address = text(at(rule, "jwksUri"), "jwksUri")
        if address.lower().startswith("http://"):
            yield Offence(
                path=f"spec.jwtRules[{index}].jwksUri",
                problem="the issuer's keys are fetched in plain text",
                value=address,
                expected="https",
            )


def _any_way_out(sidecar: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "spec.outboundTrafficPolicy.mode"
    if text(at(sidecar.inputs, path), path) == "ALLOW_ANY":
        yield Offence(
            path=path,
            problem="what is not in the registry is reached all the same",
            value="ALLOW_ANY",
            expected="REGISTRY_ONLY",
        )


def _removed_checks(filters: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, patch in enumerate(sequence(at(filters.inputs, "spec.configPatches"), "spec.configPatches")):
        if text(at(patch, "patch.operation"), "patch.operation") not in {"REMOVE", "REPLACE"}:
            continue
        where = "match.listener.filterChain.filter"
        chain = mapping(at(patch, where), "filter")
        for field in ("subFilter.name", "name"):
            name = text(at(chain, field), field)
            if name in _CHECKS:
                yield Offence(
                    path=f"spec.configPatches[{index}].{where}.{field}",
                    problem=f"{name} is taken out of the proxies",
                    value=name,
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="destinations-are-encrypted",
        severity="high",
        applies_to=DESTINATIONS,
        why="It switches off, for one host, what the whole mesh promises.",
        fix="Use ISTIO_MUTUAL inside the mesh; SIMPLE with subjectAltNames outside it.",
        check=_unencrypted,
    ),
    Rule(
        id="istio-gateways-encrypt",
        severity="high",
        applies_to=GATEWAYS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Serve HTTPS with TLSV1_2 or later; on port 80 only tls.httpsRedirect.",
        check=_plain_servers,
    ),
    Rule(
        id="service-entries-name-their-hosts",
        severity="high",
        applies_to=ENTRIES,
        why="A way to everywhere is a way out for whatever was taken.",
        fix="Name the hosts.",
        check=_anywhere,
    ),
    Rule(
        id="token-keys-are-fetched-encrypted",
        severity="high",
        applies_to=TOKENS,
        why="Whoever answers in the issuer's place makes tokens for everybody.",
        fix="Use https in jwksUri.",
        check=_open_keys,
    ),
    Rule(
        id="sidecars-know-their-ways-out",
        severity="high",
        applies_to=SIDECARS,
        why="A workload that may call anywhere can send away what it was asked.",
        fix="Use REGISTRY_ONLY, and a ServiceEntry for each host.",
        check=_any_way_out,
    ),
    Rule(
        id="proxies-keep-their-checks",
        severity="high",
        applies_to=(FILTERS,),
        why="Policies stay in the cluster and look enforced, and no proxy asks them any more.",
        fix="Leave the filter in; name exceptions in an AuthorizationPolicy.",
        check=_removed_checks,
    ),
)
