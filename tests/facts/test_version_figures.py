"""Figures of one version: every series named exists, every engine is known, and no condition is accepted unseen."""

import pytest

from facts.series import by_name
from facts.version_figures import _table, abort_problem, figures_of, signal_problem
from releases.engines import ENGINES


def test_every_engine_and_every_series_is_known():
    asked = {
        name
        for figures in _table().answers.values()
        for name in (
            *figures.requests,
            *figures.error_rate,
            f"{figures.latency}_bucket",
            *(f"{histogram}_bucket" for histogram in figures.signals.values()),
            *([f"{figures.time_to_first_token}_bucket"] if figures.time_to_first_token else []),
        )
    }
    assert sorted(asked - by_name().keys()) == []
    assert set(_table().engines) == set(ENGINES)


def test_a_signal_that_no_engine_exports_or_nothing_compares_is_said_with_what_there_is():
    both = "prompt-tokens and generation-tokens"
    assert signal_problem("vllm", "chat", "refusals", ["refusals"]) == (
        f"not exported by its engine (vllm; it exports {both})"
    )
    assert signal_problem("xgboost", "tabular", "confidence", []) == (
        "not exported by its engine (xgboost; it exports no signal)"
    )
    assert signal_problem("vllm", "chat", "prompt-tokens", ["generation-tokens"]) == (
        "drift.signals does not name it, and nothing else compares it with a reference"
    )
    assert signal_problem("vllm", "chat", "prompt-tokens", ["prompt-tokens"]) == ""


def test_signals_are_named_as_the_workers_query_asks_for_them():
    asked = {
        figures.signals[name] == f"vllm:request_{name.replace('-', '_')}"
        for figures in _table().answers.values()
        for name in figures.signals
    }
    assert asked == {True}


def test_every_task_is_one_that_its_engine_serves():
    pairs = [named.split("/") for named in _table().tasks]
    assert [pair for pair in pairs if pair[1] not in ENGINES[pair[0]].tasks] == []


def test_reranking_is_answered_by_the_vllm_inside():
    assert figures_of("huggingface", "reranking").latency == "vllm:e2e_request_latency_seconds"
    assert figures_of("huggingface", "text-embedding").latency == "request_predict_seconds"


@pytest.mark.parametrize(
    ("engine", "task", "metric", "above", "said"),
    [
        ("vllm", "chat", "time-to-first-token-p95-ms", 2500, ""),
        ("huggingface", "text-embedding", "error-rate", 0.02, ""),
        ("huggingface", "text-embedding", "latency-p99-ms", 9999, ""),
        ("openvino", "tabular", "latency-p95-ms", 60_000, ""),
        (
            "huggingface",
            "text-embedding",
            "latency-p99-ms",
            10_000,
            (
                "request_predict_seconds of engine huggingface counts up to 10000 ms, so it is never above 10000 "
                "(facts/metrics/kserve.yaml); say a time below"
            ),
        ),
        (
            "xgboost",
            "tabular",
            "time-to-first-token-p95-ms",
            100,
            (
                "engine xgboost exports no such series for tabular (facts/metrics/kserve.yaml); "
                "use latency-p95-ms or error-rate"
            ),
        ),
    ],
)
def test_a_condition_that_is_never_seen_says_why(engine, task, metric, above, said):
    assert abort_problem(engine, task, metric, above) == said
