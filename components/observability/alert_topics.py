"""Topics of SNS that alerts are published to: made under a key of their own, or there already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import ClusterHandle
from components.foundation.base import PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.foundation.well_known import OBSERVABILITY
from components.identity.cluster_key import account_may_manage, role_may_use
from components.identity.pod_roles import PodRoleArgs, account_role
from components.observability.alerting import AlertingSettings, Sns
from components.observability.values import ALERTMANAGER_ACCOUNT

CAPABILITY: Final = "alerts"
_PUBLISH_USES: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a publisher needs of the topic's key (Amazon SNS developer guide, "Key management", read 2026-11-30)."""


def topics_of(settings: AlertingSettings | None) -> dict[str, Sns]:
    """The receivers that are topics, by name."""
    receivers = settings.receivers if settings else {}
    return {name: receiver for name, receiver in receivers.items() if isinstance(receiver, Sns)}


def topic_arns(settings: AlertingSettings | None, names: Names) -> dict[str, str]:
    """By receiver, the topic it publishes to: complete before anything exists."""
    return {
        name: receiver.topic or names.arn("sns", _topic(names, name))
        for name, receiver in topics_of(settings).items()
    }


def _topic(names: Names, receiver: str) -> str:
    return f"{names.platform}-alerts-{receiver}"


def publish_statements(settings: AlertingSettings, names: Names) -> list[Statement]:
    """Publishing to these topics, and the use of their keys for that alone."""
    topics = topics_of(settings)
    via = {"StringEquals": {"kms:ViaService": f"sns.{names.region}.amazonaws.com"}}
    found = [
        Statement(
            sid="PublishAlerts",
            actions=["sns:Publish"],
            resources=sorted(topic_arns(settings, names).values()),
        )
    ]
    if any(topic.topic is None for topic in topics.values()):
        alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias(CAPABILITY)}}
        found.append(
            Statement(
                sid="EncryptAlerts",
                actions=_PUBLISH_USES,
                resources=[names.arn("kms", "key/*")],
                conditions={**alias, **via},
            )
        )
    if keys := sorted({topic.encrypted_by for topic in topics.values() if topic.encrypted_by}):
        found.append(
            Statement(sid="EncryptForTopicsOfOthers", actions=_PUBLISH_USES, resources=keys, conditions=via)
        )
    return found


def topic_policy(topic: str) -> str:
    """Nobody publishes or subscribes in plain text; who may at all, identities' own policies say."""
    return document(
        Statement(
            sid="DenyInsecureTransport",
            effect="Deny",
            actions=["sns:Publish", "sns:Subscribe"],
            resources=[topic],
            principals={"AWS": ["*"]},
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
    )


@dataclass(frozen=True, kw_only=True)
class AlertTopicsArgs:
    """What :class:`AlertTopics` needs; at least one receiver is a topic."""

    settings: AlertingSettings
    names: Names
    cluster: ClusterHandle
    lifecycle: Lifecycle


class AlertTopics(PlatformComponent):
    """The topics that do not exist yet, with who is told of them, and Alertmanager's role: it may publish, no more."""

    TYPE = "slipway:telemetry:AlertTopics"

    def __init__(self, name: str, args: AlertTopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        made = {role: topic for role, topic in topics_of(args.settings).items() if topic.topic is None}
        self._make(made)
        self.ready = account_role(
            self,
            name,
            PodRoleArgs(
                names=args.names,
                role=CAPABILITY,
                namespace=OBSERVABILITY,
                service_account=ALERTMANAGER_ACCOUNT,
                statements=publish_statements(args.settings, args.names),
                after=args.cluster.ready,
            ),
        )
        self.register_outputs({})

    def _make(self, topics: Mapping[str, Sns]) -> None:
        if not topics:
            return
        name, names, kept = self._name, self._args.names, self._args.lifecycle
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Alerts on their way to people",
            policy=document(
                *account_may_manage(names),
                role_may_use(names, "AlertmanagerUsesKey", CAPABILITY, _PUBLISH_USES),
            ),
            alias=names.key_alias(CAPABILITY),
            lifecycle=kept,
        )
        for role, receiver in topics.items():
            topic = aws.sns.Topic(
                f"{name}-{role}",
                name=_topic(names, role),
                kms_master_key_id=key.arn,
                policy=topic_policy(names.arn("sns", _topic(names, role))),
                tags=self.tags(f"{name}-{role}"),
                opts=self.child_opts(),
            )
            for person, address in receiver.subscribers.items():
                aws.sns.TopicSubscription(
                    f"{name}-{role}-{person}",
                    topic=topic.arn,
                    protocol="email",
                    endpoint=address,
                    opts=self.child_opts(),
                )
