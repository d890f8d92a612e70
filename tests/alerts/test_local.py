"""The rules and configurations of the loops on one machine are ones that Prometheus and Alertmanager load."""

import subprocess

import pytest
import yaml

from releases.load import load_releases
from tests.alerts.promtool import check, program
from tools.local.layout import Ports
from tools.local.metrics import alertmanager, prometheus, rules

MINILM = load_releases()["minilm"]["v1"].release
PORTS = Ports.from_base(20000)


def test_prometheus_loads_the_scaled_rules(tmp_path):
    check(tmp_path, rules(MINILM)["groups"])


@pytest.mark.parametrize(
    ("name", "made", "command"),
    [
        ("prometheus.yml", prometheus(PORTS), ["promtool", "check", "config"]),
        ("alertmanager.yml", alertmanager(PORTS), ["amtool", "check-config"]),
    ],
)
def test_each_takes_its_configuration(name, made, command, tmp_path):
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules(MINILM)))
    (tmp_path / name).write_text(yaml.safe_dump(made))
    done = subprocess.run(  # noqa: S603 the system's
        [program(command[0]), *command[1:], name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
