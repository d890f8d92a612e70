"""What must hold for what is recorded: encrypted at rest, fetched from whom one thinks, shown to nobody else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
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


def _unencrypted(group: Resource, _graph: Graph) -> Iterable[Offence]:
    if group.property_dependencies.get("kmsKeyId"):
        return
    if not text(at(group.inputs, "kmsKeyId"), "kmsKeyId"):
        yield Offence(path="kmsKeyId", problem="is not set: whoever may read logs reads these")


def _endpoints(monitor: Resource) -> list[tuple[str, Mapping[str, Any]]]:
    """Each endpoint with its path."""
    path = f"spec.{'endpoints' if monitor.type == SERVICE_MONITOR else 'podMetricsEndpoints'}"
    listed = sequence(at(monitor.inputs, path))
    return [(f"{path}[{index}]", mapping(endpoint)) for index, endpoint in enumerate(listed)]


def _unverified(monitor: Resource, _graph: Graph) -> Iterable[Offence]:
    if monitor.type in COLLECTORS:
        yield from _trusting(at(monitor.inputs, "spec"), "spec")
        return
    for path, endpoint in _endpoints(monitor):
        if flag(at(endpoint, "tlsConfig.insecureSkipVerify")):
            yield _unproven(f"{path}.tlsConfig")


def _unproven(path: str) -> Offence:
    return Offence(
        path=f"{path}.insecureSkipVerify",
        problem="whoever answers is believed",
        value=True,
        expected="must be false",
    )


def _trusting(value: Any, path: str) -> Iterator[Offence]:
    """Wherever a collector is told to believe anybody: remote writes, alerting, receivers."""
    if isinstance(value, Mapping):
        if flag(value.get("insecureSkipVerify"), path):
            yield _unproven(path)
        for key, one in value.items():
            yield from _trusting(one, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _trusting(one, f"{path}[{index}]")


def _sends_own_token(monitor: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, endpoint in _endpoints(monitor):
        for prop in ("bearerTokenFile", "authorization.credentialsFile"):
            file = text(at(endpoint, prop))
            if file:
                yield Offence(path=f"{path}.{prop}", problem="a file of Prometheus's own is sent", value=file)


def _grafana(release: Resource) -> tuple[str, Mapping[str, Any]]:
    """Where its values stand, and they: alone, or of kube-prometheus-stack, which brings it unless told otherwise."""
    path = {"grafana": "values", "kube-prometheus-stack": "values.grafana"}.get(chart_of(release), "")
    return path, {"enabled": True, **mapping(at(release.inputs, path))} if path else {}


def _published_password(release: Resource, _graph: Graph) -> Iterable[Offence]:
    path, values = _grafana(release)
    if not flag(at(values, "enabled")) or text(at(values, "admin.existingSecret")):
        return
    password = text(at(values, "adminPassword"))
    if not password:
        yield Offence(
            path=f"{path}.admin.existingSecret",
            problem="is not set, and the chart's own password is published",
        )
    elif password in _DEFAULT_PASSWORDS:
        yield Offence(path=f"{path}.adminPassword", problem="is a published one")
    else:
        yield Offence(path=f"{path}.adminPassword", problem="stands in plain text in the values")


def _anonymous(release: Resource, _graph: Graph) -> Iterable[Offence]:
    path, values = _grafana(release)
    if flag(at(values, "enabled")) and flag(at(values, "grafana\\.ini.auth\\.anonymous.enabled")):
        yield Offence(
            path=f"{path}[grafana.ini][auth.anonymous].enabled", problem="Grafana lets anybody in", value=True
        )


def _tolerates_gpu_taint(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "dcgm-exporter":
        return
    for toleration in sequence(at(release.inputs, "values.tolerations")):
        key = text(at(toleration, "key"))
        if text(at(toleration, "operator")) == "Exists" and key in {"", "nvidia.com/gpu"}:
            return
        if key == "nvidia.com/gpu":
            return
    yield Offence(
        path="values.tolerations",
        problem="no GPU is watched",
        value=at(release.inputs, "values.tolerations"),
        expected="the taint nvidia.com/gpu is tolerated",
    )


RULES: tuple[Rule, ...] = (
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

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="log-groups-use-cmk",
        severity="medium",
        aliases=("log-groups-are-under-our-key",),
        applies_to=(LOG_GROUP,),
        why="Logs hold addresses, names and parts of prompts; with a key of ours reading them is a grant we make.",
        fix="Set kms_key_id to a key whose policy lets CloudWatch Logs use it for this group.",
        check=_unencrypted,
        same_as=("CKV_AWS_158",),
    ),
)

NEEDS_NO_RULE: dict[str, str] = {}
