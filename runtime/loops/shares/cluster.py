"""Shares as the cluster's routes carry them: weights of a predictive model's HTTPRoute, or of a language model's route.

The stack makes the route and says in annotations whose the weights are, which versions stand behind it and what
each may get at most (components/gateway/driven_shares.py); the weights in it are written here and by nobody else.
Lists of a route are atomic for the API server, so a write applies the whole of ``spec.rules`` as this writer's own,
at the ``resourceVersion`` that was read: of two writers one is refused.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from runtime.loops.contract import Shares
from runtime.loops.ports import SharesMovedError
from runtime.loops.shares.kubernetes_api import ConflictError, KubernetesApi, RefusedError

MANAGER: Final = "slipway-shares"
"""The field manager of weights: whoever reads ``managedFields`` sees whose they are."""
WRITER: Final = "slipway.dev/shares-by"
BACKENDS: Final = "slipway.dev/share-backends"
"""Annotation: JSON, version to ``{"name": its backend, "most": per cent, "slot": its place or none}``."""
CONTROLLER: Final = "controller"
_WHOLE: Final = 100
_PLACES: Final = {  # where a route lies, by the namespace that holds it
    "models": "/apis/gateway.networking.k8s.io/v1/namespaces/{namespace}/httproutes/{model}",
    "edge": "/apis/aigateway.envoyproxy.io/v1beta1/namespaces/{namespace}/aigatewayroutes/{model}",
}


@dataclass(frozen=True, kw_only=True)
class Backend:
    """What a version is called in the route, what it may get at most, and its place where places count."""

    name: str
    most: int
    slot: str = ""


@dataclass(frozen=True, kw_only=True)
class _Route:
    path: str
    found: Mapping[str, Any]
    backends: Mapping[str, Backend]

    @property
    def shares(self) -> Shares:
        """What stands in the route; a version that keeps an empty place beside its own counts once.

        Raises:
            RefusedError: somebody has a share whom the stack does not name any more.
        """
        by_name = {backend.name: version for version, backend in self.backends.items()}
        shares = dict.fromkeys(self.backends, 0)
        for ref in _own(self.found["spec"]["rules"][0]):
            weight = int(ref.get("weight", 1))
            if ref["name"] in by_name:
                shares[by_name[ref["name"]]] += weight
            elif weight:
                raise RefusedError(f"{self.path}: {ref['name']} has {weight}, and the stack names it no more")
        return shares


def _own(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The backends that share; those of a later priority answer only where these fail, and are the stack's."""
    return [ref for ref in rule.get("backendRefs", []) if not ref.get("priority")]


class ClusterShares:
    """The shares of the models of one cluster (a ``SharesPort``)."""

    def __init__(self, api: KubernetesApi, manager: str = MANAGER) -> None:
        self._api, self._manager = api, manager

    def read(self, model: str) -> Shares:
        """What stands now, versions without a share included.

        Raises:
            LookupError: no route of this model carries shares.
            PermissionError: this identity may not read it, or the stack has not handed its shares over.
            RefusedError: the route is not as the stack makes it.
            UnavailableError: the API server did not answer.
        """
        return self._route(model).shares

    def write(self, model: str, shares: Shares, expected: Shares) -> None:
        """Make ``shares`` stand if ``expected`` stands; what stands already is not written again.

        Raises:
            SharesMovedError: something else stands, or somebody wrote meanwhile.
            RefusedError: they add up to another whole, name a version that is not behind the route, or give one more
                than the stack allows. Besides, what :meth:`read` raises.
        """
        route = self._route(model)
        problems = list(_problems(shares, route.backends))
        if problems:
            raise RefusedError(f"{model}: {'; '.join(problems)}")
        if _given(route.shares) == _given(shares):
            return
        if _given(route.shares) != _given(expected):
            raise SharesMovedError(model, expected, _given(route.shares))
        try:
            self._api.apply(route.path, self._manager, _part(route, shares))
        except ConflictError:
            raise SharesMovedError(model, expected, _given(self.read(model))) from None

    def _route(self, model: str) -> _Route:
        for namespace, path in _PLACES.items():
            where = path.format(namespace=namespace, model=model)
            try:
                found = self._api.get(where)
            except LookupError:
                continue
            notes = found["metadata"].get("annotations") or {}
            if BACKENDS in notes:
                if notes.get(WRITER) != CONTROLLER:
                    raise PermissionError(
                        f"{where}: its shares are the stack's ({WRITER} is not {CONTROLLER})"
                    )
                return _Route(path=where, found=found, backends=_backends(where, notes[BACKENDS]))
        raise LookupError(
            f"{model}: no route with shares that are handed over; its record says driver: stack"
        )


def _backends(where: str, said: str) -> dict[str, Backend]:
    try:
        return {version: Backend(**backend) for version, backend in json.loads(said).items()}
    except (ValueError, TypeError, AttributeError):
        raise RefusedError(f"{where}: {BACKENDS} is not as the stack writes it (got {said!r})") from None


def _problems(shares: Shares, backends: Mapping[str, Backend]) -> Iterator[str]:
    if sum(shares.values()) != _WHOLE or any(share < 0 for share in shares.values()):
        yield f"shares should add up to {_WHOLE} (got {shares})"
    for version, share in shares.items():
        if not share:
            continue
        backend = backends.get(version)
        if backend is None:
            yield f"{version} is not behind the route; there are {', '.join(backends)}"
        elif share > backend.most:
            yield f"{version} may get at most {backend.most}, as the stack file says (got {share})"


def _given(shares: Shares) -> Shares:
    return {version: share for version, share in sorted(shares.items()) if share}


def _part(route: _Route, shares: Shares) -> dict[str, Any]:
    rules = []
    for rule in route.found["spec"]["rules"]:
        like = _own(rule)[0]
        placed = [{**like, "name": name, "weight": weight} for name, weight in _places(route, shares)]
        rules.append(
            {**rule, "backendRefs": [*placed, *(ref for ref in rule["backendRefs"] if ref.get("priority"))]}
        )
    metadata = route.found["metadata"]
    return {
        "apiVersion": route.found["apiVersion"],
        "kind": route.found["kind"],
        "metadata": {key: metadata[key] for key in ("name", "namespace", "resourceVersion")},
        "spec": {"rules": rules},
    }


def _places(route: _Route, shares: Shares) -> list[tuple[str, int]]:
    """Names and weights in order; where places count, an empty one is kept by the version that answers most."""
    ordered = sorted(route.backends.items(), key=lambda item: int(item[0][1:]))
    if not all(backend.slot for _, backend in ordered):
        return [(backend.name, shares.get(version, 0)) for version, backend in ordered]
    waiting = route.backends[max(shares, key=lambda version: shares[version])].name
    placed = {backend.slot: (backend.name, shares.get(version, 0)) for version, backend in ordered}
    return [placed.get(slot, (waiting, 0)) for slot in ("a", "b")]
