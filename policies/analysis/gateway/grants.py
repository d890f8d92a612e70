"""References from one namespace into another, and the ReferenceGrants that allow them.

The owner of the namespace that is pointed at says who may (Gateway API, "ReferenceGrant", read 2026-11-29); without a
grant a route answers 500 with the reason RefNotPermitted, and a listener has no certificate.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.gateway.objects import AI_ROUTES, GATEWAYS
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.mesh.objects import NAMESPACE
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, listed, mapping, sequence, text

_API: Final = "kubernetes:gateway.networking.k8s.io/"
_ROUTE_KINDS: Final = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
_VERSIONS: Final = ("v1", "v1beta1", "v1alpha3", "v1alpha2")
ROUTES: Final = tuple(f"{_API}{version}:{kind}" for kind in _ROUTE_KINDS for version in _VERSIONS)
GRANTS: Final = (
    f"{_API}v1beta1:ReferenceGrant",
    f"{_API}v1:ReferenceGrant",
    f"{_API}v1alpha2:ReferenceGrant",
)
POLICIES: Final = tuple(
    f"kubernetes:gateway.envoyproxy.io/v1alpha1:{kind}" for kind in ("SecurityPolicy", "EnvoyExtensionPolicy")
)
REFERRING: Final = (*ROUTES, *AI_ROUTES, *GATEWAYS, *POLICIES)
_BACKEND_KEYS: Final = frozenset({"backendRef", "backendRefs"})
_SECRET_KEYS: Final = frozenset(
    {"certificateRefs", "caCertificateRefs", "clientSecret", "clientIDRef", "credentialRefs"}
)
_PARENTS: Final = frozenset({"parentRefs", "targetRefs", "targetRef", "targetSelectors"})
_DEEPEST: Final = 12


@dataclass(frozen=True)
class Reference:
    """What an object points at in another namespace, and where it says so."""

    path: str
    group: str
    kind: str
    name: str
    namespace: str


def ungranted(resource: Resource, graph: Graph) -> Iterator[Reference]:
    """References into namespaces in view that no grant in view allows.

    Raises:
        UndecidedError: a reference or a grant cannot be read.
    """
    for reference in _references(resource):
        if _is_in_view(reference.namespace, graph) and not any(
            _allows(grant, resource, reference) for grant in graph.of_type(*GRANTS)
        ):
            yield reference


def _references(resource: Resource) -> Iterator[Reference]:
    here = namespace_of(resource)
    if _is_of_services(resource):
        return
    default = "AIServiceBackend" if resource.type in AI_ROUTES else "Service"
    for path, key, said in _within(at(resource.inputs, "spec"), "spec", ""):
        where = text(said.get("namespace"), f"{path}.namespace")
        if not where or where == here:
            continue
        kind = text(said.get("kind"), f"{path}.kind") or (default if key in _BACKEND_KEYS else "Secret")
        group = text(said.get("group"), f"{path}.group")
        if kind == "AIServiceBackend" and not group:
            group = "aigateway.envoyproxy.io"
        yield Reference(path, group, kind, text(said.get("name"), f"{path}.name"), where)


def _is_of_services(route: Resource) -> bool:
    """Whether a route is the mesh's: callers of a Service are led on, and no gateway stands above."""
    above = sequence(at(route.inputs, "spec.parentRefs"), "spec.parentRefs")
    kinds = {text(at(parent, "kind"), "kind") for parent in above}
    return bool(kinds) and kinds <= {"Service", "ServiceEntry"}


def _within(value: Any, path: str, key: str, depth: int = 0) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every reference to a backend or a secret, wherever a kind keeps it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        if key in _BACKEND_KEYS or key in _SECRET_KEYS:
            yield path, key, value
        for below, item in value.items():
            if below not in _PARENTS:
                yield from _within(item, f"{path}.{below}", below, depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _within(item, f"{path}[{index}]", key, depth + 1)


def _is_in_view(namespace: str, graph: Graph) -> bool:
    """Whether something of a namespace is here, so that its grants would be too."""
    return namespace in graph.once(_namespaces)


def _namespaces(graph: Graph) -> frozenset[str]:
    found = set()
    for resource in graph:
        if resource.object is None or resource.is_read:
            continue
        try:
            said = (
                name_of(resource) if resource.type == NAMESPACE else at(resource.inputs, "metadata.namespace")
            )
            found.add(text(said, "metadata.namespace"))
        except UndecidedError:
            continue
    return frozenset(found)


def _allows(grant: Resource, resource: Resource, wanted: Reference) -> bool:
    if namespace_of(grant) != wanted.namespace:
        return False
    group = resource.type.removeprefix("kubernetes:").partition("/")[0]
    sources = sequence(at(grant.inputs, "spec.from"), "spec.from")
    is_from = any(
        (text(at(f, "group")), text(at(f, "kind")), text(at(f, "namespace")))
        in _known_as(group, resource.type.rpartition(":")[2], namespace_of(resource))
        for f in sources
    )
    tos = listed(at(grant.inputs, "spec.to"))
    return is_from and any(
        (text(at(t, "group")), text(at(t, "kind"))) == (wanted.group, wanted.kind)
        and text(at(t, "name")) in {"", wanted.name}
        for t in map(mapping, tos)
    )


def _known_as(group: str, kind: str, namespace: str) -> set[tuple[str, str, str]]:
    """What a grant may call the one who points: an AIGatewayRoute becomes an HTTPRoute, which is what is checked."""
    names = {(group, kind, namespace)}
    if kind == "AIGatewayRoute":
        names.add(("gateway.networking.k8s.io", "HTTPRoute", namespace))
    return names
