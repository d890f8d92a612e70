"""Whom alerts reach: receivers by name, and which alerts go where. Pure; fields are Alertmanager's."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from components.foundation.base import Settings
from components.foundation.well_known import LOOPS
from facts.strict import Slug

SecretName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]
SecretKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=253)]
TopicArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", max_length=400)
]
KeyArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-f-]{36}$")]
Mailbox = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$", max_length=254)]
_MOUNTED: Final = "/etc/alertmanager/secrets"
"""Where the operator mounts the secrets an Alertmanager names (``spec.secrets``, prometheus-operator v0.93.0)."""
_QUIET: Final = "nobody"
_LOOPS: Final = "loops"
LOOPS_DOOR: Final = f"http://receiver.{LOOPS}.svc.cluster.local:8080/alerts"
"""The receiver of the loops (components/loops/worker_manifests.py)."""


class _BySecret(Settings):
    secret: SecretName
    """A secret in the namespace ``observability``; it is made beside the stack, and must be there first."""
    key: SecretKey

    @property
    def file(self) -> str:
        """Where Alertmanager reads it."""
        return f"{_MOUNTED}/{self.secret}/{self.key}"


class PagerDuty(_BySecret):
    """An Events API v2 integration; ``key`` names the entry that holds its routing key."""

    kind: Literal["pagerduty"]

    def config(self) -> dict[str, Any]:
        """As Alertmanager reads it."""
        return {"pagerduty_configs": [{"routing_key_file": self.file, "send_resolved": True}]}


class Slack(_BySecret):
    """An incoming webhook; ``key`` names the entry that holds its address."""

    kind: Literal["slack"]
    channel: str = Field(pattern=r"^#[a-z0-9_-]{1,80}$")

    def config(self) -> dict[str, Any]:
        """As Alertmanager reads it."""
        return {
            "slack_configs": [
                {
                    "api_url_file": self.file,
                    "channel": self.channel,
                    "send_resolved": True,
                    "title": "{{ .CommonAnnotations.summary }}",
                    "title_link": "{{ .CommonAnnotations.runbook_url }}",
                    "text": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
                }
            ]
        }


class Webhook(_BySecret):
    """Alertmanager's own JSON by POST; ``key`` names the entry that holds the address."""

    kind: Literal["webhook"]

    def config(self) -> dict[str, Any]:
        """As Alertmanager reads it."""
        return {"webhook_configs": [{"url_file": self.file, "send_resolved": True, "max_alerts": 50}]}


class Sns(Settings):
    """A topic of SNS: one that exists (``topic``), or one that is made and told to ``subscribers``.

    Alertmanager publishes with its pod's own role: there is no credential to name.
    """

    kind: Literal["sns"]
    topic: TopicArn | None = None
    """In the platform's account and region. None: one is made, under a key of the platform."""
    encrypted_by: KeyArn | None = None
    """The key that an existing topic is encrypted under, where it is no key of AWS's own."""
    subscribers: dict[Slug, Mailbox] = Field(default_factory=dict)
    """Who is told of a topic that is made, by mail; each confirms once. Others subscribe by themselves."""

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if self.topic is None and self.encrypted_by is not None:
            raise ValueError(
                "encrypted_by: names the key of an existing topic; name it as topic, or leave it out"
            )
        if self.topic is None and not self.subscribers:
            raise ValueError(
                "subscribers: a topic that is made tells nobody without; name one, or a topic that exists"
            )
        if self.topic is not None and self.subscribers:
            raise ValueError(
                "subscribers: whom an existing topic tells is for its owner to say; leave them out"
            )
        return self

    def config(self, topic: str) -> dict[str, Any]:
        """As Alertmanager reads it."""
        return {
            "sns_configs": [
                {
                    "topic_arn": topic,
                    "sigv4": {"region": topic.split(":")[3]},
                    "send_resolved": True,
                    # At most 100 characters to SNS; the default holds every label.
                    "subject": "{{ .Status | toUpper }}: {{ .GroupLabels.alertname }} {{ .GroupLabels.model }}",
                    "message": (
                        "{{ .CommonAnnotations.summary }}\n{{ .CommonAnnotations.runbook_url }}\n"
                        "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}"
                    ),
                }
            ]
        }


Receiver = Annotated[PagerDuty | Slack | Webhook | Sns, Field(discriminator="kind")]


class Route(Settings):
    """Alerts of an owner, a plane or a severity go to a receiver; all that is named must hold, and the first wins."""

    receiver: Slug
    owner: Slug | None = None
    """As in the record of a release; ``platform`` for the platform's own."""
    plane: Literal["data", "control"] | None = None
    severity: Literal["critical", "warning"] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.matchers():
            raise ValueError("needs owner, plane or severity; what no route takes goes to default")
        return self

    def matchers(self) -> list[str]:
        """As Alertmanager reads them."""
        named = {"owner": self.owner, "plane": self.plane, "severity": self.severity}
        return [f'{label} = "{value}"' for label, value in named.items() if value is not None]


class AlertingSettings(Settings):
    """``telemetry.alerting:`` in a stack file."""

    receivers: dict[Slug, Receiver] = Field(min_length=1)
    default: Slug
    """Who gets what no route takes."""
    routes: list[Route] = Field(default_factory=list)
    loops: bool = False
    """Alerts about a model begin the run that looks into it, and reach people all the same (``loops:``)."""

    @model_validator(mode="after")
    def _receivers_are_there(self) -> Self:
        there = ", ".join(sorted(self.receivers))
        problems = [
            f"{path}: should be one of receivers ({there}) (got {name!r})"
            for path, name in self._named()
            if name not in self.receivers
        ]
        problems.extend(
            f"receivers.{name}: this name is taken by {whom}; choose another"
            for name, whom in ((_QUIET, "who gets the watchdog"), (_LOOPS, "the loops"))
            if name in self.receivers
        )
        unused = sorted(self.receivers.keys() - {name for _, name in self._named()})
        problems.extend(
            f"receivers.{name}: gets nothing; name it in a route or as default" for name in unused
        )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _named(self) -> Iterator[tuple[str, str]]:
        yield "default", self.default
        for i, route in enumerate(self.routes):
            yield f"routes.{i}.receiver", route.receiver

    @property
    def secrets(self) -> list[str]:
        """What must be mounted, each once."""
        return sorted({one.secret for one in self.receivers.values() if isinstance(one, _BySecret)})


def _sends(name: str, receiver: Receiver, topics: Mapping[str, str]) -> dict[str, Any]:
    return receiver.config(topics[name]) if isinstance(receiver, Sns) else receiver.config()


def alertmanager_config(
    settings: AlertingSettings | None, topics: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Alertmanager's configuration; without settings every alert ends with nobody, as in the chart.

    ``topics`` has the ARN of each receiver that is a topic.
    Alerts of one name and model are one message. A fast burn silences the slow one of the same objective.
    """
    receivers = {} if settings is None else settings.receivers
    asks_loops = settings is not None and settings.loops
    door = {"url": LOOPS_DOOR, "send_resolved": True, "max_alerts": 500}
    return {
        "route": {
            "receiver": _QUIET if settings is None else settings.default,
            "group_by": ["alertname", "model", "namespace"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                # It fires always, so that somebody outside notices when it does not.
                {"receiver": _QUIET, "matchers": ['alertname =~ "Watchdog|InfoInhibitor"']},
                *(
                    [{"receiver": _LOOPS, "matchers": ['model != ""'], "continue": True}]
                    if asks_loops
                    else []
                ),
                *(
                    {"receiver": route.receiver, "matchers": route.matchers()}
                    for route in (settings.routes if settings else [])
                ),
            ],
        },
        "inhibit_rules": [
            {
                # By name: to Alertmanager two labels that are both missing are equal.
                "source_matchers": ['alertname = "ErrorBudgetBurnFast"'],
                "target_matchers": ['alertname = "ErrorBudgetBurnSlow"'],
                "equal": ["model", "objective"],
            }
        ],
        "receivers": [
            {"name": _QUIET},
            *([{"name": _LOOPS, "webhook_configs": [door]}] if asks_loops else []),
            *({"name": name, **_sends(name, one, topics or {})} for name, one in receivers.items()),
        ],
    }
