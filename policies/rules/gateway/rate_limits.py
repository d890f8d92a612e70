"""What must hold for limits to count: tokens where several policies meet, and a call that can be answered in time."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from policies.analysis.gateway.merge import LIMITED_ROUTES, Limit, limits_of, merged_limits
from policies.analysis.gateway.objects import TRAFFIC_POLICY
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, hours, mapping

_LEAST_MS: Final = 100
_DEFAULT: Final = "Envoy Gateway's default of 20 ms"
"""api/v1alpha1/envoygateway_types.go of v1.8.1 (read: 2026-11-28)."""


def _hurried(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "gateway-helm":
        return
    path = "values.config.envoyGateway.rateLimit"
    limits = mapping(at(release.inputs, path), path)
    if not limits or not flag(at(limits, "failClosed"), f"{path}.failClosed"):
        return  # what lets requests through when it is late refuses nobody
    allowed = hours(at(limits, "timeout"), f"{path}.timeout")
    if allowed is None:
        yield _short(f"{path}.timeout", f"is not set, so {_DEFAULT}", None)
    elif round(allowed * 3_600_000) < _LEAST_MS:
        said = at(limits, "timeout")
        yield _short(f"{path}.timeout", f"{said} is short", said)


def _short(path: str, problem: str, value: Any) -> Offence:
    return Offence(path=path, problem=problem, value=value, expected=f"at least {_LEAST_MS} ms")


def _uncounted(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.type == TRAFFIC_POLICY:
        yield from _ignored(limits_of(resource), resource)
        return
    for limits in merged_limits(resource, graph):
        if len({limit.owner for limit in limits}) > 1:  # one policy alone is judged where it stands
            yield from _ignored(limits, resource)


def _ignored(limits: Sequence[Limit], judged: Resource) -> Iterable[Offence]:
    """Of limits of other policies only the policies' names can be said: they are no property of the route."""
    shared = [limit for limit in limits if flag(at(limit.rule, "shared"), f"{limit.path}.shared")]
    costly = [limit for limit in limits if at(limit.rule, "cost") is not None]
    if not shared:
        return
    for limit in costly:
        beside = f"{shared[0].path}.shared of {shared[0].owner}"
        is_own = limit.policy.urn == judged.urn
        what = "the cost" if is_own else f"{limit.path}.cost of BackendTrafficPolicy {limit.owner}"
        yield Offence(
            path=f"{limit.path}.cost" if is_own else "",
            problem=f"{what} stands beside {beside}, and each request then counts 1 whatever it costs",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="costs-stand-beside-no-shared-limit",
        severity="high",
        applies_to=(TRAFFIC_POLICY, *LIMITED_ROUTES),
        why="Envoy Gateway 1.8 writes a route's limits where Envoy ignores costs as soon as one is shared.",
        fix="Take shared out; one count over all routes stands on a gateway whose limits have no cost.",
        check=_uncounted,
        reads_graph=True,
    ),
    Rule(
        id="rate-limit-calls-have-time",
        severity="high",
        applies_to=(RELEASE,),
        why="The first call of a fresh proxy resolves a name and shakes hands twice; late and fail-closed is a 500.",
        fix="Set config.envoyGateway.rateLimit.timeout to 250ms or 500ms.",
        check=_hurried,
    ),
)
