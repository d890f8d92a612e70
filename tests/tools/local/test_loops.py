"""What workers are told."""

import re

from runtime.loops.figures.prometheus import Queries
from tools.local.envoy import cluster_name
from tools.local.layout import ROOT, Layout, Ports
from tools.local.loops import answer, canary, key_of, queries, settings

PORTS = Ports.from_base(20000)


def test_they_are_told_addresses_of_loopback_and_the_committed_policies(tmp_path):
    told = settings(Layout(tmp_path), PORTS)
    assert set(re.findall(r"([\w.]+):2000\d", repr(told))) == {"127.0.0.1"}
    assert told["policies"] == str(ROOT / "policies" / "actions")
    assert told["minute_seconds"] == 1
    assert str(ROOT / "releases") not in repr(told), "events of a try would stand in the checkout"


def test_figures_are_of_one_version_and_nothing_called_is_zero():
    made = Queries.model_validate(queries())
    for query in (made.requests, made.errors):
        filled = query.replace("{model}", "minilm").replace("{version}", "v2")
        assert f'envoy_cluster_name="{cluster_name("minilm", "v2")}"' in filled
        assert " or 0 * sum(envoy_cluster_membership_total{" in filled
    assert 'envoy_response_code_class="5"' in made.errors
    assert "{quantile}" in made.latency


def test_whoever_begins_is_not_who_answers(tmp_path):
    layout = Layout(tmp_path)
    begins, answers = canary(layout, "minilm", "v1", "v2"), answer(layout, "approve", "remedy-minilm-v1")
    assert begins[2:6] == ["rollout", "minilm", "v1", "v2"]
    assert answers[2:4] == ["approve", "remedy-minilm-v1"]
    keys = [words[words.index("--key") + 1] for words in (begins, answers)]
    assert keys == [str(key_of(layout, who)) for who in ("ana@example.com", "bo@example.com")]
    # Of those, one lies where `slipway approve` looks for the key of who is at this terminal.
    assert [str(tmp_path / "people") in key for key in keys] == [False, True]
