"""Dashboards of models: all of them, and one."""

from typing import Final

from components.foundation.well_known import EDGE
from components.observability.dashboards.panels import Chosen, Page, Panel, Query, one

_OF_MODEL: Final = f'envoy_cluster_name=~"httproute/{EDGE}/$model/rule/.*"'

_VERSIONS: Final = 'slipway_dev_model="$model"'
_REQUESTS: Final = ("vllm:request_success_total", "request_predict_seconds_count", "ovms_requests_success")
_TIMES: Final = ("vllm:e2e_request_latency_seconds", "request_predict_seconds")
"""Of each engine; a model has the series of its own."""


def _by_version(query: str, *series: str) -> tuple[Query, ...]:
    return tuple(
        Query(expression=query.format(series=name, of_model=_VERSIONS), legend="{{slipway_dev_version}}")
        for name in series
    )


FLEET: Final = Page(
    name="fleet",
    title="Slipway: all models",
    panels=(
        Panel(
            title="Error budget left",
            says="What is left of each objective's window; below zero a promise is broken.",
            unit="percentunit",
            queries=one('slo:error_budget_remaining:ratio{model!=""}', "{{model}} {{objective}}"),
        ),
        Panel(
            title="Burn rate over an hour",
            says="1 spends the budget exactly in its window.",
            unit="short",
            queries=one('slo:burn_rate:1h{model!=""}', "{{model}} {{objective}}"),
        ),
        Panel(
            title="Requests",
            says="What callers ask, without what their own limits refuse.",
            unit="reqps",
            queries=one('slo:requests:rate5m{objective="availability"}', "{{model}}"),
        ),
        Panel(
            title="Alerts that fire",
            says="Each has a runbook of its name.",
            unit="short",
            queries=one(
                'sum by (alertname, severity) (ALERTS{alertstate="firing"})', "{{alertname}} ({{severity}})"
            ),
        ),
        Panel(
            title="GPUs",
            says="What pods ask for, and what machines have: the difference is paid and idle.",
            unit="short",
            queries=(
                Query(
                    expression='sum(kube_pod_container_resource_requests{resource="nvidia_com_gpu"})',
                    legend="asked for",
                ),
                Query(
                    expression='sum(kube_node_status_allocatable{resource="nvidia_com_gpu"})', legend="there"
                ),
            ),
        ),
        Panel(
            title="Tokens",
            says="Read and written by language models, by model.",
            unit="short",
            queries=one(
                "sum by (gen_ai_original_model, gen_ai_token_type) "
                '(rate(gen_ai_client_token_usage_sum{gen_ai_token_type=~"input|output"}[5m]))',
                "{{gen_ai_original_model}} {{gen_ai_token_type}}",
            ),
        ),
    ),
)

RELEASE: Final = Page(
    name="release",
    title="Slipway: one model",
    chosen=Chosen(name="model", of="slo:target:ratio"),
    panels=(
        Panel(
            title="Error budget left",
            says="Of each objective, over its window.",
            unit="percentunit",
            queries=one('slo:error_budget_remaining:ratio{model="$model"}', "{{objective}}"),
        ),
        Panel(
            title="Burn rates",
            says="Short windows show what happens now, long ones what it comes to.",
            unit="short",
            queries=tuple(
                Query(
                    expression=f'max by (objective) (slo:burn_rate:{span}{{model="$model"}})',
                    legend=f"{{{{objective}}}} {span}",
                )
                for span in ("1h", "6h", "3d")
            ),
        ),
        Panel(
            title="Answers by code",
            says="As callers got them; 429 are their own limits.",
            unit="reqps",
            queries=one(
                f"sum by (envoy_response_code) (rate(envoy_cluster_upstream_rq{{{_OF_MODEL}}}[5m]))",
                "{{envoy_response_code}}",
            ),
        ),
        Panel(
            title="Time to the whole answer",
            says="Of answers that came whole; timeouts are in no bucket.",
            unit="ms",
            queries=tuple(
                Query(
                    expression=(
                        f"histogram_quantile({quantile}, sum by (le) "
                        f"(rate(envoy_cluster_upstream_rq_time_bucket{{{_OF_MODEL}}}[5m])))"
                    ),
                    legend=f"p{quantile * 100:g}",
                )
                for quantile in (0.5, 0.95, 0.99)
            ),
        ),
        Panel(
            title="Time to the first token",
            says="Language models only.",
            unit="s",
            queries=tuple(
                Query(
                    expression=(
                        f"histogram_quantile({quantile}, sum by (le) (rate("
                        'gen_ai_server_time_to_first_token_seconds_bucket{gen_ai_original_model="$model"}[5m])))'
                    ),
                    legend=f"p{quantile * 100:g}",
                )
                for quantile in (0.5, 0.95)
            ),
        ),
        Panel(
            title="Requests that wait in the engine",
            says="A queue that grows is a model that is too small.",
            unit="short",
            queries=one('sum by (pod) (vllm:num_requests_waiting{pod=~"$model-v.*"})', "{{pod}}"),
        ),
        Panel(
            title="KV cache in use",
            says="Near 100 % the engine puts requests off.",
            unit="percentunit",
            bad_above=0.95,
            queries=one('max by (pod) (vllm:kv_cache_usage_perc{pod=~"$model-v.*"})', "{{pod}}"),
        ),
        Panel(
            title="Requests by version",
            says="What each version's engine took: a canary beside the stable version.",
            unit="reqps",
            queries=_by_version(
                "sum by (slipway_dev_version) (rate({series}{{{of_model}}}[5m]))", *_REQUESTS
            ),
        ),
        Panel(
            title="Failures by version",
            says="Of language models: the part of its requests that the engine ended with an error.",
            unit="percentunit",
            bad_above=0.05,
            queries=one(
                "sum by (slipway_dev_version) "
                f'(rate(vllm:request_success_total{{{_VERSIONS},finished_reason="error"}}[5m]))'
                f" / sum by (slipway_dev_version) (rate(vllm:request_success_total{{{_VERSIONS}}}[5m]))",
                "{{slipway_dev_version}}",
            ),
        ),
        Panel(
            title="Time in the engine by version (p95)",
            says="Without the gateways; a canary that is slower shows here first.",
            unit="s",
            queries=_by_version(
                "histogram_quantile(0.95, sum by (slipway_dev_version, le) (rate({series}_bucket{{{of_model}}}[5m])))",
                *_TIMES,
            ),
        ),
        Panel(
            title="Price of 1,000 tokens",
            says="What the last hour's did cost at list price; only where the record states a throughput.",
            unit="currencyUSD",
            queries=one('max by (model) (model:usd_per_1000_tokens:1h{model="$model"})', "{{model}}"),
        ),
        Panel(
            title="Refused by a limit",
            says="429 of the callers' own limits.",
            unit="reqps",
            queries=one(f"sum(rate(envoy_cluster_ratelimit_over_limit{{{_OF_MODEL}}}[5m]))", "refused"),
        ),
    ),
)
