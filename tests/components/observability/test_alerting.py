"""Whom alerts reach, in the words of the stack file and of Alertmanager."""

import pytest
from pydantic import ValidationError

from components.observability.alerting import AlertingSettings, alertmanager_config

ONCALL = {"kind": "pagerduty", "secret": "oncall", "key": "routing-key"}
TEAM = {"kind": "slack", "secret": "slack", "key": "url", "channel": "#ml"}
HOOK = {"kind": "webhook", "secret": "slack", "key": "hook"}


def alerting(**changed):
    said = {
        "receivers": {"oncall": ONCALL, "team": TEAM},
        "default": "team",
        "routes": [{"severity": "critical", "receiver": "oncall"}],
    }
    return AlertingSettings.model_validate(said | changed)


def test_credentials_come_from_mounted_secrets_and_stand_in_no_value():
    config = alertmanager_config(alerting())
    assert config["receivers"] == [
        {"name": "nobody"},
        {
            "name": "oncall",
            "pagerduty_configs": [
                {"routing_key_file": "/etc/alertmanager/secrets/oncall/routing-key", "send_resolved": True}
            ],
        },
        {
            "name": "team",
            "slack_configs": [
                {
                    "api_url_file": "/etc/alertmanager/secrets/slack/url",
                    "channel": "#ml",
                    "send_resolved": True,
                    "title": "{{ .CommonAnnotations.summary }}",
                    "title_link": "{{ .CommonAnnotations.runbook_url }}",
                    "text": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
                }
            ],
        },
    ]
    assert alerting(receivers={"oncall": ONCALL, "team": TEAM, "hook": HOOK}, routes=[
        {"severity": "critical", "receiver": "oncall"}, {"owner": "search", "plane": "data", "receiver": "hook"},
    ]).secrets == ["oncall", "slack"]  # fmt: skip


def test_routes_are_tried_in_order_and_the_watchdog_reaches_nobody():
    routes = alertmanager_config(
        alerting(routes=[{"owner": "search", "plane": "data", "receiver": "oncall"}])
    )["route"]
    assert routes["receiver"] == "team"
    assert routes["routes"] == [
        {"receiver": "nobody", "matchers": ['alertname =~ "Watchdog|InfoInhibitor"']},
        {"receiver": "oncall", "matchers": ['owner = "search"', 'plane = "data"']},
    ]
    assert alertmanager_config(None)["route"]["receiver"] == "nobody"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"default": "tean"}, r"default: should be one of receivers \(oncall, team\) \(got 'tean'\)"),
        (
            {"routes": [{"severity": "critical", "receiver": "x"}]},
            r"routes\.0\.receiver: should be one of receivers",
        ),
        ({"routes": []}, "receivers.oncall: gets nothing; name it in a route or as default"),
        ({"routes": [{"receiver": "oncall"}]}, "needs owner, plane or severity"),
        ({"receivers": {"nobody": ONCALL}, "default": "nobody", "routes": []}, "this name is taken"),
        ({"receivers": {"team": {"kind": "slack", "channel": "#ml"}}}, "secret"),
        ({"receivers": {"team": {**TEAM, "channel": "ml"}}}, "channel"),
    ],
)
def test_what_reaches_nobody_is_refused(changed, says):
    with pytest.raises(ValidationError, match=says):
        alerting(**changed)
