"""What must hold behind a gateway's listeners: who answers is verified, and no check can be passed by."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import CLIENT_POLICY, SECURITY_POLICY, asks_who, targets
from policies.analysis.kubernetes.metadata import namespace_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, mapping, sequence, text

BACKEND: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:Backend"
EXTENSIONS: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyExtensionPolicy"
BACKEND_TLS: Final = tuple(
    f"kubernetes:gateway.networking.k8s.io/{version}:BackendTLSPolicy"
    for version in ("v1", "v1beta1", "v1alpha3", "v1alpha2")
)
TOOL_ROUTES: Final = tuple(
    f"kubernetes:aigateway.envoyproxy.io/{version}:MCPRoute" for version in ("v1beta1", "v1alpha1")
)
_ASKS: Final = ("oauth", "apiKeyAuth", "extAuth")
"""Ways an MCPRoute asks callers who they are (envoyproxy/ai-gateway, api/v1beta1/mcp_route.go, read 2026-11)."""
_AUTHORITIES: Final = ("caCertificateRefs", "caCertRefs", "wellKnownCACertificates", "wellKnownCACerts")
"""Where BackendTLSPolicy says whom to believe, in all its versions."""


def _unverified(backend: Resource, _graph: Graph) -> Iterable[str]:
    if backend.type == BACKEND:
        if flag(at(backend.inputs, "spec.tls.insecureSkipVerify"), "insecureSkipVerify"):
            yield "spec.tls.insecureSkipVerify takes whoever answers for the backend"
        return
    path = "spec.tls" if at(backend.inputs, "spec.tls") is not None else "spec.validation"
    said = mapping(at(backend.inputs, path), path)
    if not any(at(said, authority) for authority in _AUTHORITIES):
        yield f"{path} names no authority whose certificates count"


def _passed_by(policy: Resource, graph: Graph) -> Iterable[str]:
    if policy.type == CLIENT_POLICY:
        return _optional_certificates(policy)
    if policy.type == EXTENSIONS:
        return every(partial(_open_filters, policy, kind) for kind in ("extProc", "wasm"))
    return every([partial(_open_check, policy), partial(_optional_tokens, policy, graph)])


def _optional_certificates(policy: Resource) -> Iterator[str]:
    if flag(at(policy.inputs, "spec.tls.clientValidation.optional"), "clientValidation.optional"):
        yield "tls.clientValidation.optional: callers without a certificate come in too"


def _open_filters(policy: Resource, kind: str) -> Iterator[str]:
    for index, one in enumerate(sequence(at(policy.inputs, f"spec.{kind}"), f"spec.{kind}")):
        if flag(at(one, "failOpen"), "failOpen"):
            yield f"{kind} {index}: failOpen lets through what it could not look at"


def _open_check(policy: Resource) -> Iterator[str]:
    if flag(at(policy.inputs, "spec.extAuth.failOpen"), "failOpen"):
        yield "extAuth.failOpen lets everybody in while the service that decides is down"


def _optional_tokens(policy: Resource, graph: Graph) -> Iterator[str]:
    """Where nothing else asks who calls: a default that refuses, another way in, the gateway's own policy."""
    if not flag(at(policy.inputs, "spec.jwt.optional"), "jwt.optional") or asks_who(policy):
        return
    authorization = at(policy.inputs, "spec.authorization")
    refuses = authorization is not None and text(at(authorization, "defaultAction")) != "Allow"
    others = [p for p in graph.of_type(SECURITY_POLICY) if p.urn != policy.urn]
    if not refuses and not any(asks_who(p) and namespace_of(p) == namespace_of(policy) for p in others):
        yield "jwt.optional: requests without a token come in too"


def _exchanged(policy: Resource, _graph: Graph) -> Iterable[str]:
    filters = sequence(at(policy.inputs, "spec.wasm"), "spec.wasm")
    return every(partial(_foreign_code, one, index) for index, one in enumerate(filters))


def _foreign_code(one: Any, index: int) -> Iterator[str]:
    address = text(at(one, "code.http.url"), "code.http.url")
    if address and not text(at(one, "code.http.sha256"), "code.http.sha256"):
        yield f"wasm {index}: {address} without its sha256 is whatever the server sends"
    elif address.lower().startswith("http://"):
        yield f"wasm {index}: fetches {address} in plain text"


def _anybodys_tools(route: Resource, graph: Graph) -> Iterable[str]:
    policy: Mapping[str, Any] = mapping(at(route.inputs, "spec.securityPolicy"), "spec.securityPolicy")
    if not any(at(policy, way) is not None for way in _ASKS) and not _asked_above(route, graph):
        yield "no securityPolicy asks who calls the tools behind it"
    rules = sequence(at(policy, "authorization.rules"), "authorization.rules")
    allowing = [(i, rule) for i, rule in enumerate(rules) if text(at(rule, "action"), "action") != "Deny"]
    default = text(at(policy, "authorization.defaultAction"), "authorization.defaultAction")
    if default == "Allow" and len(allowing) == len(rules):
        yield "everybody may use every tool: defaultAction is Allow and no rule refuses anybody"
    for index, rule in allowing:
        if not any(at(rule, part) for part in ("source", "target", "cel")):
            yield f"everybody may use every tool: rule {index} names neither"


def _asked_above(route: Resource, graph: Graph) -> bool:
    """Whether a SecurityPolicy of one of its gateways asks."""
    parents = sequence(at(route.inputs, "spec.parentRefs"), "spec.parentRefs")
    names = {text(at(parent, "name"), "parentRefs.name") for parent in parents}
    return any(
        asks_who(policy) and names & {text(at(target, "name")) for target in targets(policy, "Gateway")}
        for policy in graph.of_type(SECURITY_POLICY)
        if namespace_of(policy) == namespace_of(route)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="backends-are-verified",
        severity="high",
        applies_to=(BACKEND, *BACKEND_TLS),
        why="Prompts and keys go to whoever sits on the way and answers.",
        fix="Name caCertificateRefs or wellKnownCACertificates, and leave insecureSkipVerify out.",
        check=_unverified,
    ),
    Rule(
        id="auth-does-not-fail-open",
        severity="high",
        aliases=("checks-cannot-be-passed-by",),
        applies_to=(SECURITY_POLICY, EXTENSIONS, CLIENT_POLICY),
        why="What is skipped when it fails or is left out stops only those who mean no harm.",
        fix="Leave out failOpen and optional; run two of what decides.",
        check=_passed_by,
        reads_graph=True,
    ),
    Rule(
        id="filters-are-what-was-reviewed",
        severity="low",
        applies_to=(EXTENSIONS,),
        why="A filter sees every request; whoever serves its code chooses what it does with them.",
        fix="Fetch it by https and name its sha256, or take it from an image by digest.",
        check=_exchanged,
    ),
    Rule(
        id="tool-routes-ask-who-calls",
        severity="high",
        applies_to=TOOL_ROUTES,
        why="Tools act with the gateway's credentials for whoever may call them.",
        fix="Set spec.securityPolicy.oauth, and authorization rules that name claims and tools.",
        check=_anybodys_tools,
        reads_graph=True,
    ),
)
