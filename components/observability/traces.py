"""Traces that are kept: which ones, where, and of whose models. Pure; fields are the collector's (contrib 0.152)."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from components.foundation.base import Settings
from components.foundation.iam_document import Statement
from components.foundation.well_known import OBSERVABILITY
from components.observability.alerting import SecretKey, SecretName
from components.observability.redaction import CLASS, REDACTION, SPANS
from components.observability.values import COLLECTOR

KEPT_PORT: Final = 4319
"""Where the collector's pods hand each other the spans of one trace."""
_TO_OWN_PODS: Final = "loadbalancing"
_STORE: Final = "otlphttp/traces"
_X_RAY: Final = "awsxray/traces"
"""Part of the contrib distribution (awsxrayexporter; core components of its ``config.go``: ``local_mode``)."""
_KEPT: Final = "traces/kept"
_HEADER: Final = "TRACES_AUTHORIZATION"
PUT_SPANS: Final = Statement(
    sid="WriteSpans",
    actions=["xray:PutTraceSegments"],
    resources=["*"],
    unscoped_because="X-Ray has no resource to name: whoever may put segments puts them into the account's one store",
)
DataClass = Literal["public", "internal", "confidential", "restricted"]


class TraceToken(Settings):
    """What the store is shown."""

    secret: SecretName
    """A secret in the namespace ``observability``; it is made beside the stack, and must be there first."""
    key: SecretKey
    """The entry that holds the whole value of the header ``authorization``."""


class TraceSettings(Settings):
    """``telemetry.traces:`` in a stack file; without it spans are counted and dropped."""

    store: Literal["otlp", "x-ray"] = "otlp"
    """Any that takes OTLP (``endpoint``), or the account's own X-Ray, which the collector's role may write to."""
    endpoint: (
        Annotated[
            str, Field(pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?$", max_length=500)
        ]
        | None
    ) = None
    """A store that takes OTLP over HTTPS, without ``/v1/traces``."""
    authorization: TraceToken | None = None
    keep_percent: float = Field(default=5, ge=0, le=100)
    """Of the traces without a fault that were not slow."""
    slow_ms: int = Field(default=5000, ge=1, le=600_000)
    data_classes: list[DataClass] = Field(default=["public", "internal"], min_length=1)
    """Classes of the models whose spans may be kept; those of all others are counted and dropped."""

    @model_validator(mode="after")
    def _has_one_store(self) -> Self:
        if self.store == "otlp" and self.endpoint is None:
            raise ValueError("endpoint: should name the store, or store be 'x-ray'")
        if self.store == "x-ray" and (self.endpoint is not None or self.authorization is not None):
            raise ValueError(
                "store: X-Ray has one address and takes no token; leave out endpoint and authorization"
            )
        return self

    @model_validator(mode="after")
    def _restricted_stays(self) -> Self:
        if "restricted" in self.data_classes:
            raise ValueError(
                "data_classes: traces of restricted models are kept nowhere; leave restricted out"
            )
        if len(set(self.data_classes)) != len(self.data_classes):
            raise ValueError("data_classes: names a class twice")
        return self


def _policies(settings: TraceSettings) -> list[dict[str, Any]]:
    """A trace is kept if any of these wants it."""
    kept: list[dict[str, Any]] = [
        {"name": "faults", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {"name": "slow", "type": "latency", "latency": {"threshold_ms": settings.slow_ms}},
    ]
    if settings.keep_percent:
        rest = {"sampling_percentage": settings.keep_percent}
        kept.append({"name": "rest", "type": "probabilistic", "probabilistic": rest})
    return kept


def _other_classes(settings: TraceSettings) -> str:
    named = " or ".join(f'resource.attributes["{CLASS}"] == "{one}"' for one in settings.data_classes)
    # Spans of pods without the label have no class, and are dropped too.
    return f"not ({named})"


def _kept_at(settings: TraceSettings, region: str) -> tuple[str, dict[str, Any]]:
    """The exporter of the store, and its configuration."""
    if settings.store == "x-ray":
        # It asks the node for nothing; annotations stay off, so that no attribute becomes an index.
        return _X_RAY, {"region": region, "local_mode": True, "index_all_attributes": False}
    headers = {"headers": {"authorization": f"${{env:{_HEADER}}}"}} if settings.authorization else {}
    return _STORE, {"endpoint": settings.endpoint, **headers}


def with_traces(values: dict[str, Any], settings: TraceSettings | None, region: str) -> dict[str, Any]:
    """The collector's values, with the traces that are kept.

    A trace is judged when all its spans are there: the pods hand each other the spans of one trace, by its id.
    """
    if settings is None:
        return values
    config = values["config"]
    token = settings.authorization
    store, said = _kept_at(settings, region)
    exporters = {
        _TO_OWN_PODS: {
            "routing_key": "traceID",
            "protocol": {"otlp": {"tls": {"insecure": True}}},  # the mesh's agent on the node encrypts it
            "resolver": {"k8s": {"service": f"{COLLECTOR}.{OBSERVABILITY}", "ports": [KEPT_PORT]}},
        },
        store: said,
    }
    counted = config["service"]["pipelines"]["traces"]
    pipelines = {
        **config["service"]["pipelines"],
        "traces": {**counted, "exporters": [*counted["exporters"], _TO_OWN_PODS]},
        _KEPT: {
            "receivers": ["otlp/kept"],
            "processors": ["memory_limiter", "filter/class", SPANS, REDACTION, "tail_sampling", "batch"],
            "exporters": [store],
        },
    }
    processors = {
        # The preset's own, which finds a span's pod; it adds what of the pod we ask for.
        "k8sattributes": {
            "extract": {"labels": [{"tag_name": CLASS, "key": "slipway.dev/data-class", "from": "pod"}]}
        },
        "filter/class": {"error_mode": "propagate", "traces": {"span": [_other_classes(settings)]}},
        "tail_sampling": {"decision_wait": "30s", "num_traces": 20_000, "policies": _policies(settings)},
    }
    receivers = {"otlp/kept": {"protocols": {"grpc": {"endpoint": f"${{env:MY_POD_IP}}:{KEPT_PORT}"}}}}
    made = {
        **values,
        "presets": {"kubernetesAttributes": {"enabled": True}},
        "clusterRole": {"create": True, "rules": [_READS_ADDRESSES]},
        "ports": {
            **values["ports"],
            "otlp-kept": {
                "enabled": True, "containerPort": KEPT_PORT, "servicePort": KEPT_PORT, "protocol": "TCP",
            },
        },
        "config": {
            **config,
            "receivers": {**config["receivers"], **receivers},
            "processors": {**config["processors"], **processors},
            "exporters": {**config["exporters"], **exporters},
            "service": {**config["service"], "pipelines": pipelines},
        },
    }  # fmt: skip
    if token:
        source = {"secretKeyRef": {"name": token.secret, "key": token.key}}
        made["extraEnvs"] = [{"name": _HEADER, "valueFrom": source}]
    return made


_READS_ADDRESSES: Final = {
    "apiGroups": ["discovery.k8s.io"],
    "resources": ["endpointslices"],
    "verbs": ["get", "list", "watch"],
}
"""By which the exporter finds the pods (``resolver_k8s.go`` of loadbalancingexporter)."""
