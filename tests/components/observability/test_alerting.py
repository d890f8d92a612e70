"""Whom alerts reach, in the words of the stack file and of Alertmanager."""

import pytest
from pydantic import ValidationError

from components.observability.alerting import AlertingSettings, alertmanager_config

ONCALL = {"kind": "pagerduty", "secret": "oncall", "key": "routing-key"}
TEAM = {"kind": "slack", "secret": "slack", "key": "url", "channel": "#ml"}
TOPIC = {"kind": "sns", "topic": "arn:aws:sns:eu-central-1:111122223333:operations"}
MAILED = {"kind": "sns", "subscribers": {"team": "ml@example.com"}}
KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-1111-2222-3333-444455556666"
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
        (
            {"receivers": {"oncall": ONCALL, "team": {"kind": "sns"}}},
            "a topic that is made tells nobody without",
        ),
        (
            {"receivers": {"oncall": ONCALL, "team": {**TOPIC, "subscribers": {"a": "a@example.com"}}}},
            "whom an existing topic tells is for its owner to say",
        ),
        (
            {"receivers": {"oncall": ONCALL, "team": {**MAILED, "encrypted_by": KEY}}},
            "names the key of an existing topic",
        ),
        (
            {"receivers": {"oncall": ONCALL, "team": {"kind": "sns", "subscribers": {"a": "a"}}}},
            "should match pattern",
        ),
        (
            {"receivers": {"oncall": ONCALL, "team": {"kind": "sns", "topic": "alerts"}}},
            "should match pattern",
        ),
    ],
)
def test_what_reaches_nobody_is_refused(changed, says):
    with pytest.raises(ValidationError, match=says):
        alerting(**changed)


def test_alerts_of_models_begin_runs_and_reach_people_all_the_same():
    config = alertmanager_config(alerting(loops=True))
    assert config["route"]["routes"][1] == {
        "receiver": "loops",
        "matchers": ['model != ""'],
        "continue": True,
    }
    assert config["receivers"][1] == {
        "name": "loops",
        "webhook_configs": [
            {
                "url": "http://receiver.loops.svc.cluster.local:8080/alerts",
                "send_resolved": True,
                "max_alerts": 500,
            }
        ],
    }
    assert "loops" not in str(alertmanager_config(alerting()))


def test_a_receiver_cannot_take_the_loops_name():
    with pytest.raises(
        ValidationError, match=r"receivers\.loops: this name is taken by the loops; choose another"
    ):
        alerting(receivers={"oncall": ONCALL, "team": TEAM, "loops": HOOK})
