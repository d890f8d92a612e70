"""Whom alerts reach: receivers by name, and which alerts go where. Pure; fields are Alertmanager's."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from components.foundation.base import Settings
from facts.strict import Slug

SecretName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]
SecretKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=253)]
_MOUNTED: Final = "/etc/alertmanager/secrets"
"""Where the operator mounts the secrets an Alertmanager names (``spec.secrets``, prometheus-operator v0.93.0)."""
_QUIET: Final = "nobody"


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


Receiver = Annotated[PagerDuty | Slack | Webhook, Field(discriminator="kind")]


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

    @model_validator(mode="after")
    def _receivers_are_there(self) -> Self:
        there = ", ".join(sorted(self.receivers))
        problems = [
            f"{path}: should be one of receivers ({there}) (got {name!r})"
            for path, name in self._named()
            if name not in self.receivers
        ]
        if _QUIET in self.receivers:
            problems.append(
                f"receivers.{_QUIET}: this name is taken by who gets the watchdog; choose another"
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
        return sorted({receiver.secret for receiver in self.receivers.values()})


def alertmanager_config(settings: AlertingSettings | None) -> Mapping[str, Any]:
    """Alertmanager's configuration; without settings every alert ends with nobody, as in the chart.

    Alerts of one name and model are one message. A fast burn silences the slow one of the same objective.
    """
    receivers = {} if settings is None else settings.receivers
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
            *({"name": name, **receiver.config()} for name, receiver in receivers.items()),
        ],
    }
