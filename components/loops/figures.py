"""Queries that tell how one version does, whatever serves it; series are ``facts/version_figures``'. Pure."""

from typing import Final

from components.foundation.well_known import MODELS

_PODS: Final = f'namespace="{MODELS}",pod=~"{{model}}-{{version}}-.*"'
_NONE: Final = f"0 * count(up{{{_PODS}}})"
"""Nothing was called yet: the pods are there, and a histogram's series are made by a first request."""


def queries() -> dict[str, str]:
    """As workers ask them (``runtime/loops/figures/prometheus.py``); an engine without such a series adds none."""
    vllm = _counted("vllm:request_success_total")
    came, answered = (
        _counted("request_preprocess_seconds_count"),
        _counted("request_postprocess_seconds_count"),
    )
    good, bad = (_counted(f"ovms_requests_{how}", 'method="ModelInfer"') for how in ("success", "fail"))
    return {
        "requests": " or ".join([vllm, came, f"({good} + {bad})", _NONE]),
        "errors": " or ".join([
            _counted("vllm:request_success_total", 'finished_reason="error"'),
            f"clamp_min({came} - ({answered} or 0 * {came}), 0)",
            bad,
            _NONE,
        ]),
        "latency": " or ".join([
            f"1000 * {_quantile('vllm:e2e_request_latency_seconds')}",
            f"1000 * {_quantile('request_predict_seconds')}",
            f"{_quantile('ovms_request_time_us')} / 1000",
        ]),
        # Of the signals of facts/version_figures: an engine that has no such histogram has no drift either.
        "histogram": f"sum by (le) (increase(vllm:request_{{signal}}_bucket{{{_PODS}}}[{{window}}]))",
        "time_to_first_token": f"1000 * {_quantile('vllm:time_to_first_token_seconds')}",
    }  # fmt: skip


def _counted(series: str, *more: str) -> str:
    return f"sum(increase({series}{{{','.join([_PODS, *more])}}}[{{window}}]))"


def _quantile(histogram: str) -> str:
    return (
        f"histogram_quantile({{quantile}}, sum by (le) (increase({histogram}_bucket{{{_PODS}}}[{{window}}])))"
    )
