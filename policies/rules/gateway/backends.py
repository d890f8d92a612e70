"""What must hold behind a gateway's listeners: who answers is verified, and no check can be passed by."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import CLIENT_POLICY, SECURITY_POLICY, asks_who, targets
from policies.analysis.kubernetes.metadata import namespace_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
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


def _unverified(backend: Resource, _graph: Graph) -> Iterable[Offence]:
    if backend.type == BACKEND:
        if flag(at(backend.inputs, "spec.tls.insecureSkipVerify"), "insecureSkipVerify"):
            yield Offence(
                path="spec.tls.insecureSkipVerify",
                problem="whoever answers for the backend is believed",
                value=True,
            )
        return
    path = "spec.tls" if at(backend.inputs, "spec.tls") is not None else "spec.validation"
    said = mapping(at(backend.inputs, path), path)
    if not any(at(said, authority) for authority in _AUTHORITIES):
        yield Offence(path=path, problem="names no authority whose certificates count")


def _passed_by(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if policy.type == CLIENT_POLICY:
        return _optional_certificates(policy)
    if policy.type == EXTENSIONS:
        return every(partial(_open_filters, policy, kind) for kind in ("extProc", "wasm"))
    return every([partial(_open_check, policy), partial(_optional_tokens, policy, graph)])


def _optional_certificates(policy: Resource) -> Iterator[Offence]:
    if flag(at(policy.inputs, "spec.tls.clientValidation.optional"), "clientValidation.optional"):
        yield Offence(
            path="spec.tls.clientValidation.optional",
            problem="callers without a certificate come in too",
            value=True,
        )


def _open_filters(policy: Resource, kind: str) -> Iterator[Offence]:
    for index, one in enumerate(sequence(at(policy.inputs, f"spec.{kind}"), f"spec.{kind}")):
        if flag(at(one, "failOpen"), "failOpen"):
            yield Offence(
                path=f"spec.{kind}[{index}].failOpen",
                problem="what it could not look at is let through",
                value=True,
            )


def _open_check(policy: Resource) -> Iterator[Offence]:
    if flag(at(policy.inputs, "spec.extAuth.failOpen"), "failOpen"):
        yield Offence(
            path="spec.extAuth.failOpen",
            problem="everybody is let in while the service that decides is down",
            value=True,
        )


def _optional_tokens(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """Where nothing else asks who calls: a default that refuses, another way in, the gateway's own policy."""
    if not flag(at(policy.inputs, "spec.jwt.optional"), "jwt.optional") or asks_who(policy):
        return
    authorization = at(policy.inputs, "spec.authorization")
    refuses = authorization is not None and text(at(authorization, "defaultAction")) != "Allow"
    others = [p for p in graph.of_type(SECURITY_POLICY) if p.urn != policy.urn]
    if not refuses and not any(asks_who(p) and namespace_of(p) == namespace_of(policy) for p in others):
        yield Offence(path="spec.jwt.optional", problem="requests without a token come in too", value=True)


def _exchanged(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    filters = sequence(at(policy.inputs, "spec.wasm"), "spec.wasm")
    return every(partial(_foreign_code, one, index) for index, one in enumerate(filters))


def _foreign_code(one: Any, index: int) -> Iterator[Offence]:
    path = f"spec.wasm[{index}].code.http"
    address = text(at(one, "code.http.url"), "code.http.url")
    if address and not text(at(one, "code.http.sha256"), "code.http.sha256"):
        yield Offence(path=f"{path}.sha256", problem=f"is not set: {address} is whatever the server sends")
    elif address.lower().startswith("http://"):
        yield Offence(path=f"{path}.url", problem=f"{address} is fetched in plain text", value=address)


def _anybodys_tools(route: Resource, graph: Graph) -> Iterable[Offence]:
    policy: Mapping[str, Any] = mapping(at(route.inputs, "spec.securityPolicy"), "spec.securityPolicy")
    if not any(at(policy, way) is not None for way in _ASKS) and not _asked_above(route, graph):
        yield Offence(path="spec.securityPolicy", problem="nothing asks who calls the tools behind it")
    rules = sequence(at(policy, "authorization.rules"), "authorization.rules")
    allowing = [(i, rule) for i, rule in enumerate(rules) if text(at(rule, "action"), "action") != "Deny"]
    default = text(at(policy, "authorization.defaultAction"), "authorization.defaultAction")
    if default == "Allow" and len(allowing) == len(rules):
        yield Offence(
            path="spec.securityPolicy.authorization.defaultAction",
            problem="everybody may use every tool: no rule refuses anybody",
            value="Allow",
            expected="Deny",
        )
    for index, rule in allowing:
        if not any(at(rule, part) for part in ("source", "target", "cel")):
            yield Offence(
                path=f"spec.securityPolicy.authorization.rules[{index}]",
                problem="everybody may use every tool: the rule names neither",
                value=dict(mapping(rule, "rules")),
            )


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
