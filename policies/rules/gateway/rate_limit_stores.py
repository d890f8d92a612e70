"""What must hold for the store in which Envoy Gateway counts: its callers are known, and it outlives a machine."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variable_place
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.platform.lifecycle import is_production_stack
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, mapping, sequence, text

USERS: Final = "aws:elasticache/userGroup:UserGroup"
_CONFIG: Final = "values.config.envoyGateway"
_REDIS: Final = f"{_CONFIG}.rateLimit.backend.redis"
_CONTAINER: Final = f"{_CONFIG}.provider.kubernetes.rateLimitDeployment.container"
_ENVIRONMENT: Final = f"{_CONTAINER}.env"
_CLUSTER: Final = frozenset({"svc", "local"})
"""How the last label of a name that only a cluster's DNS knows is called."""


def _redis(release: Resource) -> Mapping[str, Any]:
    return mapping(at(release.inputs, _REDIS), _REDIS) if chart_of(release) == "gateway-helm" else {}


def _hosts(redis: Mapping[str, Any]) -> list[str]:
    """Every host of a url: a service's own list of several has commas."""
    url = text(known(redis.get("url"), f"{_REDIS}.url"), f"{_REDIS}.url")
    return [part.strip().rpartition("://")[2].rpartition(":")[0] or part.strip() for part in url.split(",")]


def _is_inside(host: str) -> bool:
    return host.count(".") <= 1 or host.rstrip(".").rpartition(".")[2] in _CLUSTER


def _open_store(release: Resource, _graph: Graph) -> Iterable[Offence]:
    redis = _redis(release)
    if not redis:
        return
    written = sequence(at(release.inputs, _ENVIRONMENT))
    said = {text(at(one, "name")): mapping(one) for one in written}
    missing = []
    if redis.get("tls") is None and not flag(known(said.get("REDIS_TLS", {}).get("value")), "REDIS_TLS"):
        value = known(said.get("REDIS_TLS", {}).get("value"))
        missing.append(
            Offence(
                path=f"{_CONTAINER}.{variable_place({'env': written}, 'REDIS_TLS')}",
                problem="counters pass in plain text",
                value=value,
                expected="must be true",
            )
        )
    if "REDIS_AUTH" not in said:
        missing.append(
            Offence(
                path=f"{_ENVIRONMENT}[REDIS_AUTH]",
                problem="is not set: whoever connects sets everybody's counters",
            )
        )
    if missing and not all(map(_is_inside, _hosts(redis))):
        yield from missing


def _refused_pods(release: Resource, _graph: Graph) -> Iterable[Offence]:
    redis = _redis(release)
    if redis.get("tls") is not None and at(redis, "tls.certificateRef") is None:
        yield Offence(
            path=f"{_REDIS}.tls.certificateRef",
            problem="is not set, and the rate-limit pods then mount a volume that nobody makes",
        )


def _lost_with_a_machine(release: Resource, graph: Graph) -> Iterable[Offence]:
    redis = _redis(release)
    if not redis or redis.get("url") is UNKNOWN or not graph.once(is_production_stack):
        return
    yield from (
        Offence(
            path=f"{_REDIS}.url",
            problem=f"{host} is in the cluster: a drain of its node refuses every request",
            value=redis.get("url"),
        )
        for host in _hosts(redis)
        if _is_inside(host)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="rate-limit-stores-know-their-callers",
        severity="high",
        applies_to=(RELEASE,),
        why="A store outside the cluster is reached over a network that others use; who writes counters lifts limits.",
        fix="Set REDIS_TLS, and REDIS_AUTH from a Secret, in rateLimitDeployment.container.env.",
        check=_open_store,
    ),
    Rule(
        id="rate-limit-pods-have-their-volumes",
        severity="high",
        applies_to=(RELEASE,),
        why="Envoy Gateway 1.8.1 mounts redis-certs where tls is set and makes it where certificateRef is set.",
        fix="Name a certificateRef, or take tls out and set REDIS_TLS in rateLimitDeployment.container.env.",
        check=_refused_pods,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="production-counts-outside-the-cluster",
        severity="high",
        applies_to=(RELEASE,),
        why="While nobody counts every request is refused, and one Redis in the cluster goes with its machine.",
        fix="Set gateway.rate_limit_store to managed.",
        check=_lost_with_a_machine,
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: Final = {
    USERS: "names users; endpoints-require-authentication asks for the group where it is used",
}
