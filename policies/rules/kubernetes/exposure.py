"""What must hold for ways into a cluster that are no gateway of the platform's, and for what decides at its door."""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import PROXY
from policies.analysis.network.tls_policies import is_old
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import UndecidedError, at, flag, mapping, sequence, text

SERVICE: Final = "kubernetes:core/v1:Service"
INGRESS: Final = tuple(
    f"kubernetes:{version}:Ingress"
    for version in ("networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1")
)
VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
GRANTS: Final = (
    "kubernetes:gateway.networking.k8s.io/v1:ReferenceGrant",
    "kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant",
    "kubernetes:gateway.networking.k8s.io/v1alpha2:ReferenceGrant",
)
_ADMISSION: Final = "kubernetes:admissionregistration.k8s.io/"
_VALIDATES: Final = ":ValidatingWebhookConfiguration"
VALIDATING: Final = f"{_ADMISSION}v1{_VALIDATES}"
WEBHOOKS: Final = tuple(
    f"{_ADMISSION}{version}{kind}"
    for version in ("v1", "v1beta1")
    for kind in (_VALIDATES, ":MutatingWebhookConfiguration")
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


def _past_the_gateway(service: Resource, _graph: Graph) -> Iterable[str]:
    path = "spec.provider.kubernetes.envoyService.type" if service.type == PROXY else "spec.type"
    if text(at(service.inputs, path), path) == "NodePort":
        yield "opens a port on every node"
    for address in sequence(at(service.inputs, "spec.externalIPs"), "spec.externalIPs"):
        yield f"takes what is sent to {text(address, 'spec.externalIPs')}, whoever that address belongs to"


def _plain_ingress(ingress: Resource, _graph: Graph) -> Iterable[str]:
    notes = mapping(at(ingress.inputs, "metadata.annotations"), "metadata.annotations")
    policy = text(notes.get(f"{_ALB}ssl-policy"), "ssl-policy")
    if is_old(policy):
        yield f"{policy} accepts TLS 1.0 or 1.1"
    if not flag(notes.get(f"{_NGINX}ssl-redirect"), "ssl-redirect", default=True):
        yield f"{_NGINX}ssl-redirect is off: it answers in plain text too"
    listening = _listening(notes)
    if listening is not None:  # ports that are named are all there are: spec.tls only finds their certificate
        if listening and not _redirects(notes):
            yield f"answers in plain text: {_ALB}listen-ports opens HTTP, and nothing redirects"
        return
    if text(notes.get(f"{_ALB}certificate-arn"), "certificate-arn"):
        return
    covered: set[str] = set()
    entries = sequence(at(ingress.inputs, "spec.tls"), "spec.tls")
    for entry in entries:
        covered.update(text(host, "tls.hosts") for host in sequence(at(entry, "hosts"), "tls.hosts"))
    if not entries:
        yield "answers in plain text: spec.tls is not set"
        return
    for rule in sequence(at(ingress.inputs, "spec.rules"), "spec.rules"):
        host = text(at(rule, "host"), "rules.host")
        if host and covered and not _is_covered(host, covered):
            yield f"answers for {host} in plain text: spec.tls does not name it"


def _written_configuration(ingress: Resource, _graph: Graph) -> Iterable[str]:
    notes = mapping(at(ingress.inputs, "metadata.annotations"), "metadata.annotations")
    yield from (f"{name} is written into the proxy" for name in _SNIPPETS if notes.get(f"{_NGINX}{name}"))


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


def _every_secret(grant: Resource, _graph: Graph) -> Iterable[str]:
    sources = sequence(at(grant.inputs, "spec.from"), "spec.from")
    who = sorted({text(at(source, "namespace"), "from.namespace") for source in sources})
    for target in sequence(at(grant.inputs, "spec.to"), "spec.to"):
        kind, name = text(at(target, "kind"), "to.kind"), text(at(target, "name"), "to.name")
        if kind == "Secret" and not name:
            yield f"routes and gateways of {', '.join(who)} may use every Secret of this namespace"


def _webhooks(configuration: Resource, _graph: Graph) -> Iterable[str]:
    hooks = sequence(at(configuration.inputs, "webhooks"), "webhooks")
    return every(partial(_hook_problems, hook, configuration.type.endswith(_VALIDATES)) for hook in hooks)


def _hook_problems(hook: Any, validates: bool) -> Iterable[str]:
    name = text(at(hook, "name"), "webhooks.name")
    if text(at(hook, "clientConfig.url"), "clientConfig.url").lower().startswith("http://"):
        yield f"{name}: asks in plain text"
    if validates and text(at(hook, "failurePolicy"), "failurePolicy") == "Ignore":
        yield f"{name}: failurePolicy is Ignore: what it refuses passes while it is down"


def _folder_of_a_node(volume: Resource, _graph: Graph) -> Iterable[str]:
    if at(volume.inputs, "spec.hostPath") is not None:
        path = text(at(volume.inputs, "spec.hostPath.path"), "hostPath.path")
        yield f"is the folder {path} of whatever node its pod runs on"


RULES: tuple[Rule, ...] = (
    Rule(
        id="services-stay-behind-a-gateway",
        severity="high",
        applies_to=(SERVICE, PROXY),
        why="A port on every node passes gateway, TLS and limits by; a claimed address takes other people's traffic.",
        fix="Use ClusterIP, and a route at the gateway.",
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
    ),
    Rule(
        id="reference-grants-name-their-secret",
        severity="high",
        applies_to=GRANTS,
        why="Whoever writes routes in the other namespace gets every certificate and password of this one.",
        fix="Name the Secret in spec.to.",
        check=_every_secret,
    ),
    Rule(
        id="admission-webhooks-fail-closed",
        severity="high",
        applies_to=WEBHOOKS,
        why="Whoever can take the webhook down, or sit on its wire, decides what the cluster accepts.",
        fix="Set failurePolicy: Fail and leave out the namespaces it must not block; ask by service or https.",
        check=_webhooks,
    ),
    Rule(
        id="no-hostpath-persistent-volumes",
        severity="critical",
        aliases=("volumes-are-not-folders-of-nodes",),
        applies_to=(VOLUME,),
        why="A claim on it reads and writes the node's own files, past every rule about pods.",
        fix="Use a StorageClass; the node's own disks are local volumes.",
        check=_folder_of_a_node,
    ),
)
