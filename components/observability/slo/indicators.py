"""How each indicator of a model is counted, as its callers see it: at the edge. Pure; series are ``facts/metrics``'."""

import re

from components.foundation.well_known import EDGE
from components.observability.slo.rules import SECONDS, Measured
from releases.objectives import HISTOGRAM, Objective

_OVER: str = "5m"


def measured(model: str, objective: Objective) -> Measured:
    """Requests a second of a model's route at the edge, and those that were not good.

    Counted are requests that the edge tried to hand on: what it refuses its callers (401, 403, 404, 429) is theirs.
    An answer of 500 and above is a failure, timeouts and a model that is away among them. Not seen here are a processor
    or a rate-limit service that is away: Envoy counts those for the whole edge, where the platform's own objective is.
    """
    if objective.indicator == "availability":
        failed = _rate("envoy_cluster_upstream_rq_xx", model, 'envoy_response_code_class="5"')
        return Measured(requests=_requests(model), errors=_or_none(failed, model))
    if objective.signal is not None:
        return _as_it_was(model, objective.signal)
    histogram, milliseconds = HISTOGRAM[objective.indicator]
    within = _up_to(f"{(objective.value_ms or 0) / milliseconds:g}")
    if objective.indicator == "latency":
        requests = _requests(model)
        good = _or_none(_rate(f"{histogram}_bucket", model, within), model)
    else:
        of_model = f'gen_ai_original_model="{model}"'
        requests = _or_none(f"sum(rate({histogram}_count{{{of_model}}}[{_OVER}]))", model)
        good = _or_none(f"sum(rate({histogram}_bucket{{{of_model},{within}}}[{_OVER}]))", model)
    # What got no whole answer at all (a timeout) is in no bucket, and not good.
    return Measured(requests=requests, errors=f"clamp_min(({requests}) - ({good}), 0)")


def _as_it_was(model: str, signal: str) -> Measured:
    """Time instead of requests: each evaluation of a version that answers counts once, and is bad while it drifts."""
    of = f'{{model="{model}",signal="{signal}"}}'
    # Pods of a worker follow each other; one series a version.
    statistic, threshold = (
        f"max by (version) (slipway_drift_{what}{of})" for what in ("statistic", "threshold")
    )
    return Measured(
        requests=f"count({threshold}) / {SECONDS}",
        errors=f"sum({statistic} > bool {threshold}) / {SECONDS}",
    )


def _up_to(bound: str) -> str:
    """Selects a bucket. Prometheus 3 writes whole bounds with a decimal; exporters and earlier versions do not."""
    escaped = re.escape(bound).replace("\\", "\\\\")
    return f'le=~"{escaped}(\\\\.0)?"'


def _requests(model: str) -> str:
    """All answers but those of a caller's own limit."""
    limited = f"({_rate('envoy_cluster_ratelimit_over_limit', model)} or vector(0))"
    return _or_none(f"clamp_min({_rate('envoy_cluster_upstream_rq_xx', model)} - {limited}, 0)", model)


def _or_none(expression: str, model: str) -> str:
    """Zero where the route is there but was not called yet: Envoy makes most series at a first request."""
    return f"{expression} or 0 * sum(envoy_cluster_membership_total{{{_cluster(model)}}})"


def _rate(series: str, model: str, *more: str) -> str:
    return f"sum(rate({series}{{{','.join([_cluster(model), *more])}}}[{_OVER}]))"


def _cluster(model: str) -> str:
    """All rules of the model's one route at the edge, whatever versions share it; the names are Envoy Gateway's."""
    return f'envoy_cluster_name=~"httproute/{EDGE}/{model}/rule/.*",namespace="{EDGE}"'
