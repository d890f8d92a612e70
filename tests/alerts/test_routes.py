"""Where Alertmanager sends what we alert on: amtool's word on the configuration that the chart is given."""

import subprocess

import pytest
import yaml

from components.observability.alerting import AlertingSettings, alertmanager_config
from tests.alerts.promtool import program

SETTINGS = AlertingSettings.model_validate(
    {
        "receivers": {
            "oncall": {"kind": "pagerduty", "secret": "oncall", "key": "routing-key"},
            "platform": {"kind": "slack", "secret": "slack", "key": "url", "channel": "#ml-platform"},
            "search": {"kind": "slack", "secret": "search", "key": "url", "channel": "#search"},
            "managers": {"kind": "sns", "subscribers": {"team": "ml@example.com"}},
        },
        "default": "platform",
        "routes": [
            {"severity": "critical", "receiver": "oncall"},
            {"owner": "search", "plane": "data", "receiver": "search"},
            {"owner": "platform", "receiver": "managers"},
        ],
    }
)


TOPICS = {"managers": "arn:aws:sns:eu-central-1:111122223333:example-test-alerts-managers"}


def amtool(*arguments):
    command = [program("amtool"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 ours


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "alertmanager.yml"
    path.write_text(yaml.safe_dump(dict(alertmanager_config(SETTINGS, TOPICS))), encoding="utf-8")
    return path


def test_alertmanager_takes_it_with_receivers_and_without(config, tmp_path):
    done = amtool("check-config", str(config))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "example-test-alerts-managers" in config.read_text(encoding="utf-8")
    bare = tmp_path / "bare.yml"
    bare.write_text(yaml.safe_dump(dict(alertmanager_config(None))), encoding="utf-8")
    assert amtool("check-config", str(bare)).returncode == 0


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=ErrorBudgetBurnFast", "severity=critical", "owner=search", "plane=data"], "oncall"),
        (["alertname=ErrorBudgetBurnSlow", "severity=warning", "owner=search", "plane=data"], "search"),
        (["alertname=ErrorBudgetBurnSlow", "severity=warning", "owner=support", "plane=data"], "platform"),
        (["alertname=ScalingFails", "severity=warning", "owner=platform", "plane=control"], "managers"),
        (["alertname=Watchdog", "severity=none"], "nobody"),
        (["alertname=KubeNodeNotReady", "severity=warning"], "platform"),
    ],
)
def test_each_alert_reaches_who_acts(config, labels, receiver):
    done = amtool("config", "routes", "test", "--config.file", str(config), *labels)
    assert done.stdout.strip() == receiver, done.stderr
