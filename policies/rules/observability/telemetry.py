"""What must hold for what is recorded: encrypted at rest, fetched from whom one thinks, shown to nobody else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, mapping, sequence, text

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
SERVICE_MONITOR: Final = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
POD_MONITOR: Final = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
COLLECTORS: Final = (
    *(f"kubernetes:monitoring.coreos.com/v1:{kind}" for kind in ("Alertmanager", "Probe", "Prometheus")),
    *(
        f"kubernetes:monitoring.coreos.com/v1alpha1:{kind}"
        for kind in ("AlertmanagerConfig", "PrometheusAgent")
    ),
    "kubernetes:monitoring.coreos.com/v1alpha1:ScrapeConfig",
    "kubernetes:monitoring.coreos.com/v1beta1:AlertmanagerConfig",
)

_DEFAULT_PASSWORDS: Final = frozenset({"prom-operator", "admin", "strongpassword"})


def _unencrypted(group: Resource, _graph: Graph) -> Iterable[str]:
    if group.property_dependencies.get("kmsKeyId"):
        return
    if not text(at(group.inputs, "kmsKeyId"), "kmsKeyId"):
        yield "kmsKeyId is not set: whoever may read logs reads these"


def _endpoints(monitor: Resource) -> list[Mapping[str, Any]]:
    prop = "endpoints" if monitor.type == SERVICE_MONITOR else "podMetricsEndpoints"
    return [mapping(endpoint) for endpoint in sequence(at(monitor.inputs, f"spec.{prop}"))]


def _unverified(monitor: Resource, _graph: Graph) -> Iterable[str]:
    if monitor.type in COLLECTORS:
        yield from _trusting(at(monitor.inputs, "spec"), "spec")
        return
    for endpoint in _endpoints(monitor):
        if flag(at(endpoint, "tlsConfig.insecureSkipVerify")):
            yield f"endpoint {_port(endpoint)}: insecureSkipVerify is on"


def _trusting(value: Any, path: str) -> Iterator[str]:
    """Wherever a collector is told to believe anybody: remote writes, alerting, receivers."""
    if isinstance(value, Mapping):
        if flag(value.get("insecureSkipVerify"), path):
            yield f"{path}: insecureSkipVerify is on"
        for key, one in value.items():
            yield from _trusting(one, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _trusting(one, f"{path}.{index}")


def _sends_own_token(monitor: Resource, _graph: Graph) -> Iterable[str]:
    for endpoint in _endpoints(monitor):
        for prop in ("bearerTokenFile", "authorization.credentialsFile"):
            if text(at(endpoint, prop)):
                yield f"endpoint {_port(endpoint)}: {prop} sends a file of Prometheus's own"


def _port(endpoint: Mapping[str, Any]) -> str:
    return str(at(endpoint, "port") or at(endpoint, "targetPort") or at(endpoint, "portNumber") or "?")


def _grafana(release: Resource) -> Mapping[str, Any]:
    """Its values, alone or as a part of kube-prometheus-stack, which brings it unless told otherwise."""
    chart = chart_of(release)
    if chart == "grafana":
        return {"enabled": True, **mapping(at(release.inputs, "values"))}
    if chart == "kube-prometheus-stack":
        return {"enabled": True, **mapping(at(release.inputs, "values.grafana"))}
    return {}


def _published_password(release: Resource, _graph: Graph) -> Iterable[str]:
    values = _grafana(release)
    if not flag(at(values, "enabled")) or text(at(values, "admin.existingSecret")):
        return
    password = text(at(values, "adminPassword"))
    if not password:
        yield "grafana has no admin.existingSecret: the chart's own password is published"
    elif password in _DEFAULT_PASSWORDS:
        yield "grafana's adminPassword is a published one"
    else:
        yield "grafana's adminPassword stands in plain text in the values"


def _anonymous(release: Resource, _graph: Graph) -> Iterable[str]:
    values = _grafana(release)
    if flag(at(values, "enabled")) and flag(at(values, "grafana\\.ini.auth\\.anonymous.enabled")):
        yield "grafana lets anybody in: auth.anonymous.enabled is true"


def _tolerates_gpu_taint(release: Resource, _graph: Graph) -> Iterable[str]:
    if chart_of(release) != "dcgm-exporter":
        return
    for toleration in sequence(at(release.inputs, "values.tolerations")):
        key = text(at(toleration, "key"))
        if text(at(toleration, "operator")) == "Exists" and key in {"", "nvidia.com/gpu"}:
            return
        if key == "nvidia.com/gpu":
            return
    yield "tolerates no nvidia.com/gpu taint: no GPU is watched"


RULES: tuple[Rule, ...] = (
    Rule(
        id="log-groups-use-cmk",
        severity="medium",
        aliases=("log-groups-are-under-our-key",),
        applies_to=(LOG_GROUP,),
        why="Logs hold addresses, names and parts of prompts; with a key of ours reading them is a grant we make.",
        fix="Set kms_key_id to a key whose policy lets CloudWatch Logs use it for this group.",
        check=_unencrypted,
        house=True,
    ),
    Rule(
        id="monitors-verify-their-target",
        severity="high",
        applies_to=(SERVICE_MONITOR, POD_MONITOR, *COLLECTORS),
        why="Figures from an unverified server may be anybody's, and alerts and scaling follow them.",
        fix="Remove insecureSkipVerify; name the authority in tlsConfig.ca, or let the mesh encrypt.",
        check=_unverified,
    ),
    Rule(
        id="monitors-send-no-token-of-prometheus",
        severity="high",
        applies_to=(SERVICE_MONITOR, POD_MONITOR),
        why="Whoever may make a monitor could have Prometheus hand its own token to any server.",
        fix="Use authorization.credentials with a secret made for this target.",
        check=_sends_own_token,
    ),
    Rule(
        id="grafana-has-a-password-of-its-own",
        severity="low",
        applies_to=(RELEASE,),
        why="The chart's default password is in its documentation, and one in the values is in the state.",
        fix="Set grafana.admin.existingSecret, or leave Grafana out.",
        check=_published_password,
    ),
    Rule(
        id="grafana-knows-its-readers",
        severity="high",
        applies_to=(RELEASE,),
        why="Dashboards show who uses which model and how much.",
        fix="Remove auth.anonymous from grafana.ini.",
        check=_anonymous,
    ),
    Rule(
        id="gpu-exporter-reaches-gpu-nodes",
        severity="high",
        applies_to=(RELEASE,),
        why="GPU nodes are tainted; an exporter that does not tolerate it runs nowhere, silently.",
        fix="Add a toleration for nvidia.com/gpu.",
        check=_tolerates_gpu_taint,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {}
