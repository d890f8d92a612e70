"""What must hold for pages of other sites: none of them asks in the name of whoever looks at it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import GRPC_ROUTES, HTTP_ROUTES, SECURITY_POLICY
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text
from policies.rules.kubernetes.services_and_ingresses import INGRESS
from policies.rules.mesh.routing import VIRTUAL_SERVICES

_ROUTES: Final = (*HTTP_ROUTES, *GRPC_ROUTES)
_NGINX: Final = "nginx.ingress.kubernetes.io/"
_SCHEMES: Final = ("http://", "https://")
_ANY_TEXT: Final = frozenset({".*", ".+", "^.*$", "^.+$", "(.*)", "*"})


Sharing = tuple[list[tuple[str, str]], bool]
"""The origins whose pages may ask, each with its path, and whether logins go with what they ask."""


def _sharing(holder: Resource) -> Iterator[Sharing]:
    if holder.type == SECURITY_POLICY:
        yield _gateway_api(mapping(at(holder.inputs, "spec.cors"), "spec.cors"), "spec.cors")
    elif holder.type in _ROUTES:
        for index, rule in enumerate(sequence(at(holder.inputs, "spec.rules"), "spec.rules")):
            for number, one in enumerate(sequence(at(rule, "filters"), "filters")):
                path = f"spec.rules[{index}].filters[{number}].cors"
                yield _gateway_api(mapping(at(one, "cors"), "cors"), path)
    elif holder.type in VIRTUAL_SERVICES:
        for index, route in enumerate(sequence(at(holder.inputs, "spec.http"), "spec.http")):
            yield _istio(mapping(at(route, "corsPolicy"), "corsPolicy"), f"spec.http[{index}].corsPolicy")
    else:
        yield _nginx(mapping(at(holder.inputs, "metadata.annotations"), "metadata.annotations"))


def _gateway_api(cors: Mapping[str, Any], path: str) -> Sharing:
    origins = [text(one, "allowOrigins") for one in sequence(at(cors, "allowOrigins"), "allowOrigins")]
    wide = [
        (f"{path}.allowOrigins[{index}]", origin)
        for index, origin in enumerate(origins)
        if origin.rpartition("/")[2] == "*"
    ]
    return wide, flag(at(cors, "allowCredentials"), "allowCredentials")


def _istio(cors: Mapping[str, Any], path: str) -> Sharing:
    older = [text(one, "allowOrigin") for one in sequence(at(cors, "allowOrigin"), "allowOrigin")]
    wide = [(f"{path}.allowOrigin[{i}]", origin) for i, origin in enumerate(older) if origin == "*"]
    for index, origin in enumerate(sequence(at(cors, "allowOrigins"), "allowOrigins")):
        said = mapping(origin, "allowOrigins")
        exact, regex = text(said.get("exact"), "exact"), text(said.get("regex"), "regex")
        prefix = text(said.get("prefix"), "prefix")
        is_any_prefix = "prefix" in said and any(scheme.startswith(prefix) for scheme in _SCHEMES)
        if exact == "*" or regex in _ANY_TEXT or is_any_prefix:
            wide.append((f"{path}.allowOrigins[{index}]", exact or regex or f"{prefix}..."))
    return wide, flag(at(cors, "allowCredentials"), "allowCredentials")


def _nginx(notes: Mapping[str, Any]) -> Sharing:
    """Where it is on, every origin and logins are the defaults (ingress-nginx, "Annotations", read 2026-11)."""
    if not flag(notes.get(f"{_NGINX}enable-cors"), "enable-cors"):
        return [], False
    said = text(notes.get(f"{_NGINX}cors-allow-origin"), "cors-allow-origin") or "*"
    path = f"metadata.annotations[{_NGINX}cors-allow-origin]"
    wide = [(path, origin) for origin in map(str.strip, said.split(",")) if origin.rpartition("/")[2] == "*"]
    return wide, flag(notes.get(f"{_NGINX}cors-allow-credentials"), "cors-allow-credentials", default=True)


def _any_origin(holder: Resource, _graph: Graph) -> Iterable[Offence]:
    for wide, with_logins in _sharing(holder):
        if wide and with_logins:
            path, origin = wide[0]
            yield Offence(
                path=path,
                problem=f"pages of every site ({origin}) may ask in the name of whoever looks at them",
                value=origin,
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="cors-restricts-origins",
        severity="high",
        aliases=("pages-of-other-sites-ask-for-themselves",),
        applies_to=(SECURITY_POLICY, *_ROUTES, *VIRTUAL_SERVICES, *INGRESS),
        why="A page somebody looks at by chance would use that person's login.",
        fix="Name the origins, or leave out the credentials.",
        check=_any_origin,
    ),
)
