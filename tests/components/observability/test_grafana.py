"""Grafana's values: there only with a password, and by OpenID Connect where a provider is named."""

import pytest
from pydantic import ValidationError

from components.observability.grafana import GrafanaSignIn, grafana
from components.observability.telemetry import TelemetrySettings
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.observability.telemetry import RULES as TELEMETRY
from tests.policies.cases import resource

SAID = {
    "url": "https://grafana.example.com",
    "client_id": "grafana",
    "secret": "grafana-sign-in",
    "key": "client-secret",
    "auth_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "api_url": "https://login.example.com/userinfo",
    "viewers": "ml",
}


def made(**changed):
    return grafana("grafana", GrafanaSignIn(**{**SAID, **changed}))


def test_without_a_password_there_is_none_and_without_a_provider_no_sign_in():
    assert grafana(None, None) == {"enabled": False}
    assert "auth.generic_oauth" not in grafana("grafana", None)["grafana.ini"]


def test_people_sign_in_at_the_provider_and_the_secret_is_a_file():
    values = made()
    asked = values["grafana.ini"]["auth.generic_oauth"]
    assert asked["client_secret"] == f"$__file{{/etc/secrets/sign-in/{SAID['key']}}}"
    assert values["extraSecretMounts"] == [
        {
            "name": "sign-in",
            "secretName": "grafana-sign-in",
            "mountPath": "/etc/secrets/sign-in",
            "readOnly": True,
            "defaultMode": 0o440,
        }
    ]
    assert values["grafana.ini"]["server"] == {"root_url": "https://grafana.example.com"}
    assert values["grafana.ini"]["auth"] == {"disable_login_form": True}
    assert (asked["use_pkce"], asked["role_attribute_strict"]) == (True, True)


def test_a_group_says_who_may_do_what_and_nobody_else_comes_in():
    viewer = "contains(groups[*], 'ml') && 'Viewer'"
    path = "role_attribute_path"
    assert made()["grafana.ini"]["auth.generic_oauth"][path] == viewer
    both = made(admins="ml-platform")["grafana.ini"]["auth.generic_oauth"][path]
    assert both == f"contains(groups[*], 'ml-platform') && 'Admin' || {viewer}"


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://grafana.example.com"},
        {"auth_url": "http://login.example.com/authorize"},
        {"viewers": "ml') || contains(groups[*], 'x"},
        {"key": "a/b"},
    ],
)
def test_what_is_refused(changed):
    with pytest.raises(ValidationError, match="should match pattern"):
        made(**changed)


def test_a_sign_in_needs_a_grafana():
    with pytest.raises(ValidationError, match="there is no Grafana without grafana_admin_secret; name one"):
        TelemetrySettings.model_validate({"grafana_sign_in": SAID})


def test_the_rules_find_no_secret_and_no_stranger_in_it():
    values = {"grafana": made(admins="ml-platform")}
    release = resource(
        "kubernetes:helm.sh/v3:Release",
        {"chart": "kube-prometheus-stack", "name": "p", "namespace": "observability", "values": values},
    )
    asked = [r for r in RULES if r.id in {"chart-values-hold-no-secrets", *(one.id for one in TELEMETRY)}]
    assert [f.message for f in judge(Graph([release]), asked).findings] == []
