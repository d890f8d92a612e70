"""What must hold for Services, Ingresses and ReferenceGrants: no way into a cluster passes the gateway by."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import PROXY
from policies.analysis.network.tls_policies import is_old
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, flag, mapping, sequence, text

SERVICE: Final = "kubernetes:core/v1:Service"
INGRESS: Final = tuple(
    f"kubernetes:{version}:Ingress"
    for version in ("networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1")
)
GRANTS: Final = (
    "kubernetes:gateway.networking.k8s.io/v1:ReferenceGrant",
    "kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant",
    "kubernetes:gateway.networking.k8s.io/v1alpha2:ReferenceGrant",
)
_NGINX: Final = "nginx.ingress.kubernetes.io/"
_SNIPPETS: Final = (
    "auth-snippet",
    "configuration-snippet",
    "modsecurity-snippet",
    "server-snippet",
    "stream-snippet",
)
_ALB: Final = "alb.ingress.kubernetes.io/"


def _past_the_gateway(service: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "spec.provider.kubernetes.envoyService.type" if service.type == PROXY else "spec.type"
    if text(at(service.inputs, path), path) == "NodePort":
        yield Offence(path=path, problem="opens a port on every node", value="NodePort", expected="ClusterIP")
    for index, address in enumerate(sequence(at(service.inputs, "spec.externalIPs"), "spec.externalIPs")):
        said = text(address, "spec.externalIPs")
        yield Offence(
            path=f"spec.externalIPs[{index}]",
            problem=f"takes what is sent to {said}, whoever that address belongs to",
            value=said,
        )


def _plain_ingress(ingress: Resource, _graph: Graph) -> Iterable[Offence]:
    notes = mapping(at(ingress.inputs, "metadata.annotations"), "metadata.annotations")
    policy = text(notes.get(f"{_ALB}ssl-policy"), "ssl-policy")
    if is_old(policy):
        yield _noted(f"{_ALB}ssl-policy", f"{policy} accepts TLS 1.0 or 1.1", policy)
    redirect = f"{_NGINX}ssl-redirect"
    if not flag(notes.get(redirect), "ssl-redirect", default=True):
        yield _noted(redirect, "answers in plain text too", notes[redirect])
    listening = _listening(notes)
    if listening is not None:  # ports that are named are all there are: spec.tls only finds their certificate
        if listening and not _redirects(notes):
            ports = f"{_ALB}listen-ports"
            yield _noted(ports, "answers in plain text on HTTP, and nothing redirects", notes[ports])
        return
    if text(notes.get(f"{_ALB}certificate-arn"), "certificate-arn"):
        return
    yield from _plain_hosts(ingress)


def _plain_hosts(ingress: Resource) -> Iterator[Offence]:
    covered: set[str] = set()
    entries = sequence(at(ingress.inputs, "spec.tls"), "spec.tls")
    for entry in entries:
        covered.update(text(host, "tls.hosts") for host in sequence(at(entry, "hosts"), "tls.hosts"))
    if not entries:
        yield Offence(path="spec.tls", problem="is not set: it answers in plain text")
        return
    for index, rule in enumerate(sequence(at(ingress.inputs, "spec.rules"), "spec.rules")):
        host = text(at(rule, "host"), "rules.host")
        if host and covered and not _is_covered(host, covered):
            yield Offence(
                path=f"spec.rules[{index}].host",
                problem=f"answers for {host} in plain text: spec.tls does not name it",
                value=host,
            )


def _noted(key: str, problem: str, value: Any) -> Offence:
    return Offence(path=f"metadata.annotations[{key}]", problem=problem, value=value)


def _written_configuration(ingress: Resource, _graph: Graph) -> Iterable[Offence]:
    notes = mapping(at(ingress.inputs, "metadata.annotations"), "metadata.annotations")
    for name in _SNIPPETS:
        if notes.get(f"{_NGINX}{name}"):
            yield _noted(f"{_NGINX}{name}", "is written into the proxy", notes[f"{_NGINX}{name}"])


def _is_covered(host: str, covered: set[str]) -> bool:
    return host in covered or f"*.{host.partition('.')[2]}" in covered


def _listening(notes: Mapping[str, Any]) -> bool | None:
    """Whether its load balancer answers HTTP; None where it names no ports.

    AWS Load Balancer Controller, "Ingress annotations", read 2026-11: a certificate makes the listener HTTPS.
    """
    ports = text(notes.get(f"{_ALB}listen-ports"), "listen-ports")
    if not ports:
        return None
    try:
        listeners = json.loads(ports)
    except ValueError:
        raise UndecidedError(f"{_ALB}listen-ports is not JSON") from None
    return any("HTTP" in mapping(listener) for listener in sequence(listeners, "listen-ports"))


def _redirects(notes: Mapping[str, Any]) -> bool:
    """By its own annotation, or by an action, which is how it was written before there was one."""
    actions = [text(said, name) for name, said in notes.items() if name.startswith(f"{_ALB}actions.")]
    return bool(text(notes.get(f"{_ALB}ssl-redirect"), "ssl-redirect")) or any(
        '"redirect"' in said and '"HTTPS"' in said for said in actions
    )


def _every_secret(grant: Resource, _graph: Graph) -> Iterable[Offence]:
    sources = sequence(at(grant.inputs, "spec.from"), "spec.from")
    who = sorted({text(at(source, "namespace"), "from.namespace") for source in sources})
    for index, target in enumerate(sequence(at(grant.inputs, "spec.to"), "spec.to")):
        kind, name = text(at(target, "kind"), "to.kind"), text(at(target, "name"), "to.name")
        if kind == "Secret" and not name:
            yield Offence(
                path=f"spec.to[{index}].name",
                problem=f"routes and gateways of {', '.join(who)} may use every Secret of this namespace",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="services-stay-behind-a-gateway",
        severity="high",
        applies_to=(SERVICE, PROXY),
        why="A port on every node passes gateway, TLS and limits by; a claimed address takes other people's traffic.",
        fix="Use ClusterIP, and a route at the gateway; type LoadBalancer: load-balancers-name-their-callers.",
        check=_past_the_gateway,
    ),
    Rule(
        id="ingresses-encrypt",
        severity="high",
        applies_to=INGRESS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Set spec.tls for every host, or a certificate of the load balancer with a redirect.",
        check=_plain_ingress,
    ),
    Rule(
        id="ingresses-bring-no-configuration",
        severity="high",
        applies_to=INGRESS,
        why="Whoever writes routes writes the proxy's own configuration, and reads every certificate it holds.",
        fix="Use the controller's own annotations; switch allow-snippet-annotations off.",
        check=_written_configuration,
        same_as=("CKV_K8S_153",),
    ),
    Rule(
        id="reference-grants-name-their-secret",
        severity="high",
        applies_to=GRANTS,
        why="Whoever writes routes in the other namespace gets every certificate and password of this one.",
        fix="Name the Secret in spec.to.",
        check=_every_secret,
    ),
)
