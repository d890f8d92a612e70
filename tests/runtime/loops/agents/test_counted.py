"""What a worker that acts shows Prometheus; the names are those that alerts ask for (``facts/metrics/agents.yaml``)."""

import re
import socket
import urllib.request

import pytest
import yaml
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from runtime.loops.agents import counted
from tests.runtime.loops.agents.parts import OPEN, READ, ROOT, steps

FACTS = ROOT / "facts" / "metrics" / "agents.yaml"


@pytest.fixture
def exporting(skipping):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runtime = Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"127.0.0.1:{port}")))

    async def client():
        config = skipping.client.service_client.config
        return await Client.connect(config.target_host, runtime=runtime)

    def scraped():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        found = {}
        for line in text.splitlines():
            if line.startswith("slipway_agent"):
                name, labels, value = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line).groups()
                kept = dict(re.findall(r'(\w+)="([^"]*)"', labels))
                told = tuple(kept[key] for key in ("tool", "result") if key in kept)
                assert (kept["agent"], kept["version"]) == ("support-mail", "v1")
                found[(name, *told)] = float(value)
        return found, set(re.findall(r"(?m)^(slipway_agent\w+)\{", text))

    return client, runtime, scraped


def test_a_run_is_counted_by_its_end_with_what_it_used(parts, do, exporting):
    client, runtime, scraped = exporting
    counted.begin(runtime.metric_meter, "support-mail", "v1")
    assert set(scraped()[0].values()) == {0.0}

    made = parts(steps(READ, OPEN))
    assert do(made, acts_by=client).result == "done"
    found, names = scraped()
    ends = {key[1]: value for key, value in found.items() if key[0] == counted.RUNS}
    assert ends == {result: float(result == "done") for result in counted.RESULTS}
    spent = made.gate().ledger.spent(made.run).cents
    assert found[(counted.TOKENS,)] == 10.0 * len(made.script.seen)
    assert found[(counted.CENTS,)] == spent + 1
    assert found[(counted.CALLS, "read-mail", "done")] == 1.0
    assert names == {one["name"] for one in yaml.safe_load(FACTS.read_text())["series"]}
