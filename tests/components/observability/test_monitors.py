"""What Prometheus scrapes, and how much of it at most."""

import pytest

from components.observability.monitors import PODS, SERVICES, pod_monitors, service_monitors
from facts.series import exporters

EVERY = {**service_monitors(), **pod_monitors()}


@pytest.mark.parametrize("name", EVERY)
def test_no_target_gives_more_than_its_limit(name):
    spec = EVERY[name]["spec"]
    assert spec["sampleLimit"] == (100_000 if name == "gateways" else 20_000)
    assert spec["labelLimit"] == 64


def test_models_series_say_model_and_version():
    labels = EVERY["models"]["spec"]["podTargetLabels"]
    assert labels == ["slipway.dev/model", "slipway.dev/version"]
    # As Prometheus writes them, in the inventory of every exporter that this monitor scrapes.
    written = {label.replace(".", "_").replace("/", "_") for label in labels}
    engines = [one for one in exporters() if one.scraped_by == "models"]
    assert {one.exporter for one in engines} >= {"vllm", "kserve", "openvino"}
    assert [one.exporter for one in engines if not written <= set(one.target_labels)] == []


def test_no_other_monitor_takes_labels_of_pods():
    assert [name for name, made in EVERY.items() if "podTargetLabels" in made["spec"]] == ["models"]


def test_no_series_of_the_inventory_has_more_labels_than_the_limit():
    most = max(len(one.labels) + len(e.target_labels) for e in exporters() for one in e.series)
    assert most < 30


def test_every_monitor_is_of_a_service_or_of_pods():
    assert EVERY.keys() == SERVICES.keys() | PODS.keys()
