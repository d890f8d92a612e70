"""Words that stand where a credential would, and files in Secrets that hold none."""

import pytest

from policies.analysis.secrets.placeholders import is_no_secret
from policies.analysis.secrets.shapes import spotted
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.engine.property_paths import below
from policies.rules.credentials.secrets import KUBERNETES_SECRET, RULES
from tests.policies.cases import resource


@pytest.mark.parametrize(
    "value",
    [
        *(
            "EMPTY",
            "dummy",
            "not-needed",
            "not_required",
            "no-key-required",
            "none",
            "NA",
            "unused",
            "fake-key",
        ),
        *(
            "sk-no-key-required",
            "sk-dummy",
            "placeholder",
            "your-api-key-here",
            "<your-key>",
            "${KEY}",
            "$(KEY)",
            "$__file{/etc/secrets/sign-in/key}",
            "$__env{CLIENT_SECRET}",
        ),
        *("xxxx", "changeme", "{{ .Values.key }}", "hf_xxxxxxxxxxxxxxxxxxxx", "sk-xxxxxxxxxxxxxxxxxxxxxxxx"),
    ],
)
def test_a_key_that_says_it_is_none_is_none(value):
    assert list(spotted("OPENAI_API_KEY", value)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "v7Kq2Zr9xLm"),
        ("OPENAI_API_KEY", "not-needed-but-v7Kq2Zr9"),
        ("OPENAI_API_KEY", "dummy123"),
        ("API_KEY", "emptyhanded"),
        ("POSTGRES_PASSWORD", "dummy"),
        ("POSTGRES_PASSWORD", "empty"),
        ("HF_TOKEN", "hf_Qz7Rk2Lw9Xc4Vb6Nm1Jd3Fg5Hs8Tp0YuEa"),
    ],
)
def test_what_may_be_one_stays_one(name, value):
    assert list(spotted(name, value)) != []


def test_a_password_is_one_whatever_it_says():
    assert [is_no_secret(name, "unused") for name in ("DB_PASSWORD", "API_KEY")] == [False, True]


def held(key, value):
    made = resource(KUBERNETES_SECRET, {"apiVersion": "v1", "kind": "Secret", "stringData": {key: value}})
    said = judge(Graph([made]), [rule for rule in RULES if rule.id == "secrets-not-in-plain-text"])
    return [f.message for f in said.findings]


SETTINGS = {
    "datasources.yaml": "apiVersion: 1\ndatasources:\n- name: p\n  type: prometheus\n  url: http://p:9090\n",
    "grafana.ini": "[server]\nroot_url = https://g.example.org\n; a word\n[auth.anonymous]\nenabled = false\n",
    "alertmanager.yaml": "route:\n  receiver: none\nreceivers:\n- name: none\n",
    "scrape.json": '[\n {"job_name": "x", "static_configs": [{"targets": ["a:9100"]}]}\n]',
    "credentials.ini": "[default]\nregion = eu-central-1\nrole_arn = arn:aws:iam::111122223333:role/x\n",
    "username": "grafana",
    "host": "db.example.org",
}


@pytest.mark.parametrize("key", SETTINGS)
def test_settings_without_a_credential_are_no_secret(key):
    assert held(key, SETTINGS[key]) == []


SECRETS = {
    "grafana.ini": "[security]\nadmin_password = v7Kq2-Zr9x\n",
    "datasources.yaml": "datasources:\n- name: p\n  secureJsonData:\n    anything: v7!Kq2\n",
    "alertmanager.yaml": "global:\n  slack_api_url: https://hooks.slack.com/services/T0/B0/abc\n",
    "pagerduty.yaml": "receivers:\n- name: p\n  service_key: abcdef\n",
    "opaque.yaml": "a: 1\nb: Zx9Qw8Er7Ty6Ui5Op4As3Df\n",
    ".netrc": "machine a\nlogin b\npassword c\n",
    "token": "v7Kq2Zr9xLm",
    "password": "dummy",
    "config.json": '{"auths": {"r": {"auth": "YTpi"}}}',
}


@pytest.mark.parametrize("key", SECRETS)
def test_settings_with_one_are(key):
    assert held(key, SECRETS[key]) == [f"{below('stringData', key)}: stands in plain text"]
