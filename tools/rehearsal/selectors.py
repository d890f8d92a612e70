"""Whether what selects by label finds what controllers made: policies, monitors, budgets and scalers. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Object = Mapping[str, Any]
_ACCOUNT: Final = "cluster.local/ns/"


@dataclass(frozen=True, kw_only=True)
class Selector:
    """One selector, and what it should find: ``Pod``, ``Service``, ``Deployment`` or ``ServiceAccount``."""

    object: str
    """Kind, namespace and name of what holds it."""
    path: str
    finds: str
    labels: Mapping[str, Any]
    """A label selector as Kubernetes writes one."""
    namespaces: Mapping[str, Any] | None = None
    """A selector of namespaces; in all of them where empty."""
    names: tuple[str, ...] = ()
    """Namespaces by name instead."""
    ports: tuple[str, ...] = ()
    """Names of ports, one of which each thing found must have."""
    name: str = ""
    """A thing by name instead of labels."""


def selectors_of(one: Object) -> Iterator[Selector]:
    """Every selector of an object, of the kinds that are looked at."""
    for selector in _READ.get(one["kind"], _none)(one):
        if selector.name or any(
            selector.labels.values()
        ):  # an empty one means everything there is, or nothing yet
            yield selector


def _none(_one: Object) -> Iterator[Selector]:
    yield from ()


def called(one: Object) -> str:
    """``Kind namespace/name``."""
    meta = one["metadata"]
    return f"{one['kind']} {'/'.join(p for p in (meta.get('namespace'), meta['name']) if p)}"


def _own(one: Object, path: str, labels: Object | None, finds: str = "Pod") -> Selector:
    namespace = one["metadata"].get("namespace", "")
    return Selector(object=called(one), path=path, finds=finds, labels=labels or {}, names=(namespace,))


def _network_policy(one: Object) -> Iterator[Selector]:
    spec = one["spec"]
    yield _own(one, "spec.podSelector", spec.get("podSelector"))
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(way) or ()):
            for place, peer in enumerate(rule.get(peers) or ()):
                if "podSelector" not in peer:
                    continue
                path = f"spec.{way}[{number}].{peers}[{place}].podSelector"
                found = _own(one, path, peer["podSelector"])
                if "namespaceSelector" in peer:
                    found = Selector(
                        object=found.object,
                        path=path,
                        finds="Pod",
                        labels=found.labels,
                        namespaces=peer["namespaceSelector"],
                    )
                yield found


def _authorization(one: Object) -> Iterator[Selector]:
    spec = one.get("spec", {})
    yield _own(one, "spec.selector", spec.get("selector"))
    for number, rule in enumerate(spec.get("rules") or ()):
        for place, source in enumerate(rule.get("from") or ()):
            for index, principal in enumerate(source["source"].get("principals") or ()):
                namespace, _, account = principal.removeprefix(_ACCOUNT).partition("/sa/")
                if principal.startswith(_ACCOUNT) and "*" not in principal:
                    yield Selector(
                        object=called(one),
                        path=f"spec.rules[{number}].from[{place}].source.principals[{index}]",
                        finds="ServiceAccount",
                        labels={},
                        names=(namespace,),
                        name=account,
                    )


def _monitor(finds: str, endpoints: str) -> Any:
    def read(one: Object) -> Iterator[Selector]:
        spec = one["spec"]
        names = (spec.get("namespaceSelector") or {}).get("matchNames") or [one["metadata"]["namespace"]]
        for number, endpoint in enumerate(spec.get(endpoints) or ()):
            yield Selector(
                object=called(one),
                path=f"spec.{endpoints}[{number}]",
                finds=finds,
                labels=spec.get("selector") or {},
                names=tuple(names),
                ports=(str(endpoint["port"]),) if "port" in endpoint else (),
            )

    return read


def _scaled(one: Object) -> Iterator[Selector]:
    target = one["spec"]["scaleTargetRef"]
    if target.get("kind", "Deployment") == "Deployment":
        yield Selector(
            object=called(one),
            path="spec.scaleTargetRef",
            finds="Deployment",
            labels={},
            names=(one["metadata"]["namespace"],),
            name=target["name"],
        )


def _selected(one: Object) -> Iterator[Selector]:
    yield _own(one, "spec.selector", one.get("spec", {}).get("selector"))


_READ: Final[Mapping[str, Any]] = {
    "AuthorizationPolicy": _authorization,
    "NetworkPolicy": _network_policy,
    "PeerAuthentication": _selected,
    "PodDisruptionBudget": _selected,
    "PodMonitor": _monitor("Pod", "podMetricsEndpoints"),
    "ScaledObject": _scaled,
    "ServiceMonitor": _monitor("Service", "endpoints"),
}
KINDS: Final = tuple(_READ)


def matches(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether labels are what a label selector asks for."""
    wanted = selector.get("matchLabels") or {}
    return wanted.items() <= labels.items() and all(
        _expressed(one, labels) for one in selector.get("matchExpressions") or ()
    )


def _expressed(one: Object, labels: Mapping[str, str]) -> bool:
    key, values = one["key"], one.get("values") or ()
    if one["operator"] == "In":
        return labels.get(key) in values
    if one["operator"] == "NotIn":
        return labels.get(key) not in values
    return (key in labels) == (one["operator"] == "Exists")


def found_by(selector: Selector, there: Mapping[str, Sequence[Object]]) -> list[Object]:
    """What a selector finds among what is there, by kind; namespaces among it."""
    spaces = set(selector.names)
    if selector.namespaces is not None:
        spaces = {
            one["metadata"]["name"]
            for one in there.get("Namespace", ())
            if matches(selector.namespaces, one["metadata"].get("labels") or {})
        }
    return [one for one in there.get(selector.finds, ()) if _is_meant(one, selector, spaces)]


def _is_meant(one: Object, selector: Selector, spaces: Iterable[str]) -> bool:
    meta = one["metadata"]
    if meta.get("namespace") not in spaces:
        return False
    if selector.name:
        return bool(meta["name"] == selector.name)
    if not matches(selector.labels, meta.get("labels") or {}):
        return False
    return not selector.ports or any(port in selector.ports for port in _ports(one))


def _ports(one: Object) -> Iterator[str]:
    spec = one["spec"]
    if "containers" not in spec:
        yield from (port.get("name", "") for port in spec.get("ports", ()))
    for container in (*spec.get("containers", ()), *spec.get("initContainers", ())):
        yield from (port.get("name", "") for port in container.get("ports") or ())


def sentence(selector: Selector, there: Mapping[str, Sequence[Object]]) -> str:
    """What a selector that finds nothing asks for, and the nearest that is there."""
    asked = selector.name or ", ".join(
        [
            *(f"{key}={value}" for key, value in sorted((selector.labels.get("matchLabels") or {}).items())),
            *(
                f"{one['key']} {one['operator']} {one.get('values') or ''}".strip()
                for one in selector.labels.get("matchExpressions") or ()
            ),
        ]
    )
    port = f" with a port called {selector.ports[0]}" if selector.ports else ""
    spaces = selector.names or tuple((selector.namespaces or {}).get("matchLabels", {}).values())
    near = _nearest(selector, there, spaces)
    return (
        f"{selector.object}: {selector.path}: finds no {selector.finds} {asked}{port} in "
        f"{', '.join(spaces) or 'any namespace'}{near}"
    )


def _nearest(selector: Selector, there: Mapping[str, Sequence[Object]], spaces: Sequence[str]) -> str:
    wanted = (selector.labels.get("matchLabels") or {}).items()
    best, held = None, 0
    for one in there.get(selector.finds, ()):
        labels = (one["metadata"].get("labels") or {}).items()
        if one["metadata"].get("namespace") in spaces and len(wanted & labels) > held:
            best, held = one, len(wanted & labels)
    if best is None:
        return ""
    labels = best["metadata"]["labels"]
    differ = [f"{key}={labels[key]}" if key in labels else f"no {key}" for key, value in sorted(wanted)
              if labels.get(key) != value]  # fmt: skip
    return f" (nearest: {best['metadata']['name']}, which has {', '.join(differ) or 'other ports'})"
