"""What Prometheus and Alertmanager are given."""

import re
from types import SimpleNamespace

import pytest

from components.models.objectives import objectives_rule
from releases.load import load_releases
from tools.local.layout import Ports
from tools.local.metrics import alertmanager, prometheus, rules
from tools.local.scale import scaled

PORTS = Ports.from_base(20000)
MINILM = load_releases()["minilm"]["v1"].release


def test_the_rules_are_those_of_a_stack():
    """The same typed objects: what a stack's PrometheusRule holds, scaled, and nothing else."""
    answering = SimpleNamespace(slo=MINILM.slo, key="minilm-v1", owner=MINILM.owner, throughput=None)
    plan = SimpleNamespace(model="minilm", releases={"v1": answering}, labels=dict)
    assert rules(MINILM)["groups"] == scaled(
        objectives_rule(plan, "v1", "models", "eu-central-1")["spec"]["groups"]
    )


def test_a_release_that_promises_nothing_has_no_rules():
    with pytest.raises(ValueError, match=r"^minilm/v1 promises nothing: slo is absent$"):
        rules(MINILM.model_copy(update={"slo": None}))


def test_everything_is_on_loopback():
    for made in (prometheus(PORTS), alertmanager(PORTS)):
        assert set(re.findall(r"([\w.]+):2000\d", repr(made))) == {"127.0.0.1"}


def test_the_gateway_has_the_labels_of_the_stacks_edge():
    job = prometheus(PORTS)["scrape_configs"][0]
    assert job["job_name"] == "gateways"
    assert job["static_configs"] == [{"targets": ["127.0.0.1:20001"], "labels": {"namespace": "edge"}}]


def test_alerts_go_to_the_worker():
    receivers = alertmanager(PORTS)["receivers"]
    assert receivers[0]["webhook_configs"][0]["url"] == "http://127.0.0.1:20008/alerts"
