"""The endpoint picker: which replica of a language model answers a request (flags: llm-d router v0.9.0)."""

from typing import Any, Final

from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.well_known import MODEL_TAINT, POOL_LABEL
from components.serving.llm_engine import ENGINE_PORT
from facts.pins import images

PICKER_PORT: Final = 9002
PICKER_HEALTH_PORT: Final = 9003
_CERTIFICATES: Final = "/var/run/kserve/tls"


def child(suffix: str) -> str:
    """The name KServe gives to what it makes for a service, as its templates write it."""
    return f"{{{{ ChildName .ObjectMeta.Name `-{suffix}` }}}}"


def scheduler(pool: str) -> dict[str, Any]:
    """A pool of the service's engine pods and the picker in front of it, on the machines of one CPU pool.

    The controller adds the picker's configuration (``--config-text``), its service account, role and Service.
    """
    return {
        "pool": {"spec": _pool()},
        # The controller reads the version here, and writes the configuration that this version understands.
        "annotations": {"app.kubernetes.io/version": images()["llm-d-router"].version.removeprefix("v")},
        "template": picker_pod(pool),
    }


def _pool() -> dict[str, Any]:
    return {
        "endpointPickerRef": {
            "kind": "Service",
            "name": child("epp-service"),
            "port": {"number": PICKER_PORT},
            # Envoy AI Gateway 1.0.0 refuses requests without a picker whatever stands here.
            "failureMode": "FailClose",
        },
        "selector": {
            "matchLabels": {
                "app.kubernetes.io/name": "{{ .ObjectMeta.Name }}",
                "app.kubernetes.io/part-of": "llminferenceservice",
                "kserve.io/component": "workload",
            }
        },
        "targetPorts": [{"number": ENGINE_PORT}],
    }


def picker_pod(pool: str) -> dict[str, Any]:
    """One picker: it remembers which replica holds which prefix. It watches pods and pools, so it keeps its token.

    The gateway speaks TLS to it and accepts any certificate; who calls whom is the mesh's to know. A node that is
    lost is given up after half a minute, not Kubernetes' five, since no request is answered without a picker. It asks
    for no priority: 0 is above every model of its pool, and the models' namespace has no pod above that.
    """
    health = {"periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3}
    return {
        "securityContext": restricted_pod(),
        "enableServiceLinks": False,
        "nodeSelector": {POOL_LABEL: pool},
        "tolerations": [
            {"key": MODEL_TAINT, "operator": "Exists", "effect": "NoSchedule"},
            *(
                {
                    "key": f"node.kubernetes.io/{state}",
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": 30,
                }
                for state in ("not-ready", "unreachable")
            ),
        ],
        # At least as long as an engine's: a stream passes through the picker to its end.
        "terminationGracePeriodSeconds": 120,
        "containers": [
            {
                "name": "main",
                "image": images()["llm-d-router"].reference,
                "command": _command(),
                "resources": {
                    "requests": {"cpu": "500m", "memory": "1Gi"},
                    "limits": {"cpu": "2", "memory": "4Gi"},
                },
                "securityContext": restricted_container(),
                "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
                "ports": [
                    {"name": "grpc", "containerPort": PICKER_PORT, "protocol": "TCP"},
                    {"name": "grpc-health", "containerPort": PICKER_HEALTH_PORT, "protocol": "TCP"},
                    {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
                ],
                "livenessProbe": {"grpc": {"port": PICKER_HEALTH_PORT, "service": "liveness"}, **health},
                "readinessProbe": {"grpc": {"port": PICKER_HEALTH_PORT, "service": "readiness"}, **health},
                "volumeMounts": [{"name": "certificates", "mountPath": _CERTIFICATES, "readOnly": True}],
            }
        ],
        "volumes": [
            {"name": "certificates", "secret": {"secretName": child("kserve-self-signed-certs")}},
        ],
    }


def _command() -> list[str]:
    return [
        "/app/epp",
        "--pool-name",
        child("inference-pool"),
        "--pool-namespace",
        "{{ .ObjectMeta.Namespace }}",
        "--grpc-port",
        str(PICKER_PORT),
        "--grpc-health-port",
        str(PICKER_HEALTH_PORT),
        "--secure-serving=true",
        f"--cert-path={_CERTIFICATES}",
        "--enable-cert-reload=true",
        "--enable-pprof=false",
        "--zap-encoder",
        "json",
    ]
