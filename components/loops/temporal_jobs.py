"""What runs once for a version of Temporal: the schema of its databases, and the namespace of the platform's runs."""

from typing import Any, Final

from components.foundation.pod_security import restricted_container
from components.loops.database import PORT
from components.loops.temporal_config import CONFIG, DATABASES, TOKENS, host_as, labels, meta
from components.loops.temporal_manifests import ADDRESS, engine_pod
from facts.pins import images

RETENTION_DAYS: Final = 90
"""How long a run that ended can be read and replayed; what it decided stands in the events of its release."""
_SCHEMAS: Final = {"default": "postgresql/v12/temporal", "visibility": "postgresql/v12/visibility"}
_TOOLS: Final = "temporal-admin-tools"


def _job(name: str, container: dict[str, Any], first: list[dict[str, Any]]) -> dict[str, Any]:
    job_labels = labels(name)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        # A Job cannot change: another version of the engine is another Job.
        "metadata": meta(f"{name}-{images()[_TOOLS].version.replace('.', '-')}"),
        "spec": {
            "backoffLimit": 30,
            "template": {
                "metadata": {"labels": job_labels},
                "spec": engine_pod([container], first, restartPolicy="OnFailure"),
            },
        },
    }


def _tools(name: str, script: str, environment: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "image": images()[_TOOLS].reference,
        "command": ["/bin/sh", "-euc", script],
        "env": environment,
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": [
            {"name": "config", "mountPath": CONFIG, "readOnly": True},
            {"name": "tokens", "mountPath": TOKENS, "readOnly": True},
        ],
    }


def schema_job(user: str, first: dict[str, Any]) -> dict[str, Any]:
    """Brings both databases to the schema of this version; what has it already stays as it is."""
    steps = [
        step
        for store, database in DATABASES.items()
        for step in (
            f"temporal-sql-tool --database {database} setup-schema --version 0.0",
            f"temporal-sql-tool --database {database} update-schema --schema-name {_SCHEMAS[store]}",
        )
    ]
    script = "\n".join([f'SQL_PASSWORD="$(cat {TOKENS}/token)"; export SQL_PASSWORD', *steps])
    environment = {
        "SQL_PLUGIN": "postgres12_pgx",
        "SQL_PORT": str(PORT),
        "SQL_USER": user,
        "SQL_TLS": "true",
        "SQL_TLS_CA_FILE": f"{CONFIG}/authority.pem",
    }
    listed = [{"name": name, "value": value} for name, value in environment.items()]
    hosts = [host_as("SQL_HOST"), host_as("SQL_TLS_SERVER_NAME")]
    return _job("schema", _tools("schema", script, [*hosts, *listed]), [first])


def namespace_job(namespace: str) -> dict[str, Any]:
    """Makes the namespace of the platform's runs where it is not there yet."""
    script = (
        f"temporal operator namespace describe --namespace {namespace} || "
        f"temporal operator namespace create --namespace {namespace} --retention {RETENTION_DAYS}d"
    )
    return _job(
        "namespace", _tools("namespace", script, [{"name": "TEMPORAL_ADDRESS", "value": ADDRESS}]), []
    )
