"""What is measured of a model: every series exists, every kind of server is there, and what is missing is empty."""

from facts.model_signals import exported, model_signals
from facts.series import by_name
from facts.version_figures import _table


def test_every_series_and_every_signal_is_known():
    table = model_signals()
    named = [table.edge, table.gpu, *table.answers.values()]
    assert {series for one in named for series in one.values()} - by_name().keys() == set()
    assert {signal for one in named for signal in one} <= set(table.signals)
    assert table.answers.keys() == _table().answers.keys()


def test_a_language_model_has_what_the_edge_counts_and_no_refusals():
    found = exported("vllm", "chat", on_gpu=True)
    assert [signal for signal, series in found.items() if not series] == [
        "refusals",
        "guardrail hits",
        "log-probabilities",
        "quality score",
    ]
    assert found["queue"] == "vllm:num_requests_waiting"


def test_a_model_without_tokens_and_gpus_has_none_of_it():
    assert not any(exported("xgboost", "tabular", on_gpu=False).values())
