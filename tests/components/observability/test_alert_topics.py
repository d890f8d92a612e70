"""Topics that alerts are published to. Mocks cannot prove that a mail arrives."""

import dataclasses
import json

import pytest

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.mesh.mesh import MeshHandle
from components.observability.telemetry import Telemetry, TelemetryArgs, TelemetrySettings

MADE = {"kind": "sns", "subscribers": {"team": "ml@example.com", "lead": "lead@example.com"}}
THEIRS = "arn:aws:sns:eu-central-1:111122223333:operations"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-1111-2222-3333-444455556666"
OWN = "arn:aws:sns:eu-central-1:111122223333:example-test-alerts-managers"


@pytest.fixture
def build(deploy, names):
    def run(receivers, **said):
        alerting = {"receivers": receivers, "default": next(iter(receivers)), **said}
        plain = {f.name: "x" for f in dataclasses.fields(ClusterHandle) if f.name != "ready"}
        args = TelemetryArgs(
            settings=TelemetrySettings.model_validate({"alerting": alerting}),
            names=names,
            cluster=ClusterHandle(**{**plain, "name": names.cluster}),
            cluster_addons=ClusterAddonsHandle(),
            mesh=MeshHandle(trust_domain="cluster.local"),
        )
        return deploy(lambda: Telemetry("telemetry", args))

    return run


def statements(made, name, prop="policy"):
    return json.loads(made.named(name).inputs[prop])["Statement"]


def test_a_topic_is_made_under_a_key_takes_nothing_in_plain_text_and_tells_whom_it_should(build):
    made = build({"managers": MADE})
    topic, key = made.only("aws:sns/topic:Topic"), made.named("telemetry-alert-topics-key")
    assert topic.inputs["name"] == "example-test-alerts-managers"
    assert topic.inputs["kmsMasterKeyId"] == key.outputs["arn"]
    assert statements(made, topic.name) == [
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Action": ["sns:Publish", "sns:Subscribe"],
            "Principal": {"AWS": ["*"]},
            "Resource": [OWN],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    told = made.all("aws:sns/topicSubscription:TopicSubscription")
    assert sorted((r.name, *(r.inputs[key] for key in ("protocol", "endpoint", "topic"))) for r in told) == [
        ("telemetry-alert-topics-managers-lead", "email", "lead@example.com", OWN),
        ("telemetry-alert-topics-managers-team", "email", "ml@example.com", OWN),
    ]


def test_alertmanager_publishes_to_its_topics_and_uses_their_key_for_that_alone(build):
    made = build({"managers": MADE})
    assert statements(made, "telemetry-alert-topics-role-policy") == [
        {"Sid": "PublishAlerts", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": [OWN]},
        {
            "Sid": "EncryptAlerts",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": ["arn:aws:kms:eu-central-1:111122223333:key/*"],
            "Condition": {
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-test-alerts"},
                "StringEquals": {"kms:ViaService": "sns.eu-central-1.amazonaws.com"},
            },
        },
    ]
    uses = next(
        s for s in statements(made, "telemetry-alert-topics-key") if s["Sid"] == "AlertmanagerUsesKey"
    )
    assert uses["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert uses["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-test-alerts"}
    }


def test_its_pods_have_the_account_the_role_is_for_and_start_after_it(build):
    made = build({"managers": MADE})
    release = made.named("telemetry-prometheus")
    association = made.named("telemetry-alert-topics-identity-association")
    values = release.inputs["values"]["alertmanager"]
    assert values["serviceAccount"]["name"] == association.inputs["serviceAccount"]
    assert association.urn in made.graph.waits_for(release.urn)
    (receiver,) = [one for one in values["config"]["receivers"] if one["name"] == "managers"]
    (sent,) = receiver["sns_configs"]
    assert (sent["topic_arn"], sent["sigv4"]) == (OWN, {"region": "eu-central-1"})


def test_a_topic_that_exists_is_published_to_and_nothing_is_made(build):
    made = build({"theirs": {"kind": "sns", "topic": THEIRS, "encrypted_by": KEY}})
    assert made.all("aws:sns/topic:Topic") == []
    assert [r.name for r in made.all("aws:kms/key:Key")] == ["telemetry-key"]
    assert statements(made, "telemetry-alert-topics-role-policy") == [
        {"Sid": "PublishAlerts", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": [THEIRS]},
        {
            "Sid": "EncryptForTopicsOfOthers",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [KEY],
            "Condition": {"StringEquals": {"kms:ViaService": "sns.eu-central-1.amazonaws.com"}},
        },
    ]


def test_without_a_topic_alertmanager_has_no_role(build):
    made = build({"team": {"kind": "webhook", "secret": "hook", "key": "url"}})
    assert [r.name for r in made.graph if "alert-topics" in r.name] == []
    assert "serviceAccount" not in made.named("telemetry-prometheus").inputs["values"]["alertmanager"]
