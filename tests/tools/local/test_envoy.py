"""The gateway's files: what stands in them, and that the shares' writer reads what was written."""

import json
import re

from components.observability.slo.indicators import measured
from releases.objectives import Objective
from runtime.loops.shares.envoy_file import EnvoyFileShares
from tools.local.envoy import ROUTES, bootstrap, cluster_name, routes
from tools.local.layout import Ports

PORTS = Ports.from_base(20000)


def test_the_generated_rules_count_the_gateways_clusters():
    query = measured("minilm", Objective(indicator="availability", target=0.99)).errors
    selected = re.search(r'envoy_cluster_name=~"([^"]+)"', query)[1]
    assert re.fullmatch(selected, cluster_name("minilm", "v2"))
    assert not re.fullmatch(selected, cluster_name("other", "v2"))


def test_everything_listens_and_answers_on_loopback():
    made = bootstrap(PORTS, "minilm", {"v1": 20002, "v2": 20003}, "/folder")
    addresses = re.findall(r'"address": "([^"]+)", "port_value": (\d+)', json.dumps(made))
    assert sorted(addresses) == [("127.0.0.1", str(port)) for port in (20000, 20001, 20002, 20003)]


def test_routes_are_read_from_the_folder_that_is_watched():
    made = bootstrap(PORTS, "minilm", {"v1": 20002}, "/folder")
    manager = made["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    assert manager["rds"]["config_source"]["path_config_source"] == {
        "path": "/folder/routes.json", "watched_directory": {"path": "/folder"},
    }  # fmt: skip


def test_the_writer_of_shares_reads_what_is_written_first(tmp_path):
    (tmp_path / ROUTES).write_text(json.dumps(routes("minilm", {"v1": 100, "v2": 0})))
    shares = EnvoyFileShares(tmp_path / ROUTES)
    assert shares.read("minilm") == {"v1": 100, "v2": 0}
    shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    # Nothing but weights and the number differs.
    assert json.loads((tmp_path / ROUTES).read_text()) == routes("minilm", {"v1": 90, "v2": 10}, number=2)


def test_answers_say_which_version_gave_them():
    found = json.dumps(routes("minilm", {"v1": 100}))
    assert '{"header": {"key": "x-slipway-version", "value": "v1"}}' in found
