"""What must hold for those who call the edge: whose tokens count, how often they may ask, from where."""

from collections.abc import Iterable
from functools import partial

from policies.analysis.gateway.objects import (
    CLASSES,
    GATEWAYS,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
    is_envoy,
    is_for,
    is_inside_only,
)
from policies.analysis.kubernetes.metadata import name_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, mapping, sequence, text


def _tokens_of_others(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    yield from _plain_login(policy)
    for index, raw in enumerate(sequence(at(policy.inputs, "spec.jwt.providers"))):
        path, provider = f"spec.jwt.providers[{index}]", mapping(raw)
        if not text(at(provider, "issuer")):
            yield Offence(path=f"{path}.issuer", problem="none, so whoever the key set signs for may enter")
        if not sequence(at(provider, "audiences")):
            yield Offence(
                path=f"{path}.audiences", problem="none, so a token made for another service may enter"
            )
        if not any(at(provider, keys) for keys in ("remoteJWKS", "localJWKS")):
            yield Offence(path=f"{path}.remoteJWKS", problem="no key set, so nothing can be checked")
        address = text(at(provider, "remoteJWKS.uri"))
        if address and not address.startswith("https://"):
            yield Offence(
                path=f"{path}.remoteJWKS.uri",
                problem=f"keys are read in plain text from {address}",
                value=address,
                expected="https",
            )


def _unlimited(gateway: Resource, graph: Graph, *, is_whole: bool = False) -> Iterable[Offence]:
    if gateway.source and not is_whole:  # its limit may stand in another file
        return
    if not is_envoy(gateway, graph) or is_inside_only(gateway, graph):
        return
    policies = [p for p in graph.of_type(TRAFFIC_POLICY) if is_for(p, gateway)]
    limits = [
        at(policy.inputs, f"spec.rateLimit.{way}.rules") for policy in policies for way in ("global", "local")
    ]
    if not any(limits) and not any(at(p.inputs, "spec.rateLimit.local.limit") for p in policies):
        yield Offence(path="", problem="no BackendTrafficPolicy for this gateway limits its callers")


def _undescribed(gateway: Resource, graph: Graph, *, is_whole: bool = False) -> Iterable[Offence]:
    """Without an EnvoyProxy, Envoy Gateway asks for a load balancer with the cloud's defaults."""
    if gateway.source and not is_whole:  # whether it is public is the choice of whoever wrote the file
        return
    if not is_envoy(gateway, graph):
        return
    if at(gateway.inputs, "spec.infrastructure.parametersRef.name"):
        return
    wanted = text(at(gateway.inputs, "spec.gatewayClassName"))
    classes = [c for c in graph.of_type(*CLASSES) if name_of(c) == wanted]
    if not any(at(c.inputs, "spec.parametersRef.name") for c in classes):
        yield Offence(
            path="spec.infrastructure.parametersRef",
            problem="names no EnvoyProxy: the load balancer is public and open to every address",
        )


def _plain_login(policy: Resource) -> Iterable[Offence]:
    for key in ("issuer", "authorizationEndpoint", "tokenEndpoint"):
        address = text(at(policy.inputs, f"spec.oidc.provider.{key}"))
        if address and not address.lower().startswith("https://"):
            yield Offence(
                path=f"spec.oidc.provider.{key}",
                problem=f"{address} is asked in plain text",
                value=address,
                expected="https",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="tokens-are-made-for-us",
        severity="high",
        applies_to=(SECURITY_POLICY,),
        why="A valid signature says who signed, not that the token was meant for this service.",
        fix="Name the issuer and the audiences of every jwt provider, and an https key set.",
        check=_tokens_of_others,
    ),
    Rule(
        id="gateways-limit-their-callers",
        severity="high",
        applies_to=GATEWAYS,
        level="advisory",
        why="One caller in a loop fills the GPUs that everybody waits for.",
        fix="Add a BackendTrafficPolicy with rateLimit that targets the gateway.",
        check=_unlimited,
        on_platform=Variant("Gateways in manifests are asked too.", partial(_unlimited, is_whole=True)),
        reads_graph=True,
    ),
    Rule(
        id="gateways-describe-their-proxy",
        severity="low",
        applies_to=GATEWAYS,
        why="What the cloud chooses where nobody chose is a load balancer on the internet.",
        fix="Point spec.infrastructure.parametersRef at an EnvoyProxy with an internal or closed service.",
        check=_undescribed,
        on_platform=Variant("Gateways in manifests are asked too.", partial(_undescribed, is_whole=True)),
        reads_graph=True,
    ),
)
