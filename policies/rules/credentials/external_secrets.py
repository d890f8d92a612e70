"""What must hold for stores of secrets: asked encrypted, verified, and not with keys for ever."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping

STORES: Final = tuple(
    f"kubernetes:external-secrets.io/{version}:{kind}"
    for version in ("v1", "v1beta1")
    for kind in ("SecretStore", "ClusterSecretStore")
)
_ADDRESSES: Final = frozenset(
    {"server", "url", "host", "apiUrl", "vaultUrl", "serverUrl", "connectHost", "tenantUrl"}
)
_UNVERIFIED: Final = frozenset(
    {"insecureskipverify", "insecureskiptlsverify", "skiptlsverify", "ignoresslcertificate"}
)


def _exposed(store: Resource, _graph: Graph) -> Iterable[Offence]:
    return _within(mapping(at(store.inputs, "spec.provider"), "spec.provider"), "spec.provider")


def _within(value: Any, path: str) -> Iterator[Offence]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            where = f"{path}.{key}"
            known(one, where)
            if key in _ADDRESSES and isinstance(one, str) and one.lower().startswith("http://"):
                yield Offence(path=where, problem=f"secrets come in plain text from {one}", value=one)
            elif str(key).lower() in _UNVERIFIED and str(one).lower() == "true":
                yield Offence(path=where, problem="takes whoever answers for the store", value=one)
            else:
                yield from _within(one, where)
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _within(one, f"{path}[{index}]")


RULES: tuple[Rule, ...] = (
    Rule(
        id="secret-stores-are-verified",
        severity="high",
        applies_to=STORES,
        why="Whoever sits on the way reads every secret, and chooses those that the pods get.",
        fix="Use https, and name the authority in caBundle or caProvider.",
        check=_exposed,
    ),
)
