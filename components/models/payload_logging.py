"""Keeping a sample of a predictive model's requests and answers, in its own folder of the payload bucket.

KServe's agent stands before the server and records; our sampler beside it draws; the agent stores what was drawn. All
three run as the model's own account, whose role may write to one folder and read back nothing of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from components.foundation.base import Settings
from components.foundation.names import Names
from components.foundation.pod_security import restricted_container
from components.models.plan import ReleasePlan
from components.serving.download import runtime_image

AGENT_PORT: Final = 9081
"""Where the agent takes requests: KServe's Service leads there and no longer to the server (service_reconciler.go)."""
_SAMPLER: Final = "payload-sampler"
_SAMPLER_PORT: Final = 9084
_PROGRAM: Final = Path(__file__).parents[2] / "runtime" / "payload_sampler.py"
_BATCH: Final = 20
_BATCH_SECONDS: Final = 30


class PayloadLogging(Settings):
    """``payload_logging:`` of a model in a stack file. Without it nothing is kept."""

    mode: Literal["all", "request", "response"] = "all"
    percent: int = Field(ge=1, le=100, description="How many of a hundred requests are kept.")


def payload_problems(engine: str, pii: str, data_class: str) -> Iterator[str]:
    """Why nothing of a release may be kept."""
    if engine == "vllm":
        yield (
            "KServe 0.20 records nothing of language models (LLMInferenceService has no logger); leave it out"
        )
        return
    if pii == "redacted":
        yield (
            "data.pii is redacted, and nothing takes personal data out before a payload is kept; "
            "leave it out until something does"
        )
    if pii == "allowed" and data_class not in {"confidential", "restricted"}:
        yield f"data.pii is allowed in {data_class} data; only confidential or restricted may be kept"


def folder(plan: ReleasePlan) -> str:
    """Where a release's payloads lie: by data class, since that decides how long, then by account."""
    return f"{plan.data_class}/{plan.key}"


def logger(plan: ReleasePlan, settings: PayloadLogging, names: Names) -> dict[str, Any]:
    """``predictor.logger``. A canary inherits the stable one's, so every predictor states its own.

    No header is recorded: a caller's token could be among them.
    """
    return {
        "mode": settings.mode,
        "url": f"s3://{names.bucket('payloads')}/{folder(plan)}",
        "storage": {
            # The last part of the path. Without one the agent stores nothing, and says so to nobody.
            "path": "sample",
            # KServe's webhook asks for both. The agent reads the format and, on AWS, no key of any secret
            # (agent_injector.go): its credentials are the pod's.
            "parameters": {"format": "json"},
            "key": "credentials",
            # Else KServe looks for an account called logger-sa.
            "serviceAccountName": plan.key,
        },
        "marshallerUrl": f"http://127.0.0.1:{_SAMPLER_PORT}/",
        "batchSize": _BATCH,
        "batchInterval": f"{_BATCH_SECONDS}s",
    }


def sampler(settings: PayloadLogging, names: Names) -> dict[str, Any]:
    """The container that draws, on the image that has fetched the weights: it is on the node, and holds a Python."""
    amounts = {"cpu": "50m", "memory": "512Mi"}
    return {
        "name": _SAMPLER,
        "image": runtime_image(names),
        "command": ["python", f"/etc/{_SAMPLER}/{_PROGRAM.name}"],
        "env": [{"name": "PERCENT", "value": str(settings.percent)}],
        "resources": {"requests": amounts, "limits": amounts},
        "securityContext": restricted_container(),
        "volumeMounts": [{"name": _SAMPLER, "mountPath": f"/etc/{_SAMPLER}", "readOnly": True}],
    }


def recorded_predictor(plan: ReleasePlan, settings: PayloadLogging, names: Names) -> dict[str, Any]:
    """What a predictor says, besides the rest, whose payloads are kept."""
    return {
        "logger": logger(plan, settings, names),
        "containers": [sampler(settings, names)],
        "volumes": [{"name": _SAMPLER, "configMap": {"name": program_name(plan)}}],
    }


def program_name(plan: ReleasePlan) -> str:
    """The ConfigMap with the sampler's program."""
    return f"{plan.key}-{_SAMPLER}"


def sampler_program(plan: ReleasePlan, namespace: str) -> dict[str, Any]:
    """The program, as a ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": program_name(plan), "namespace": namespace, "labels": plan.labels()},
        "data": {_PROGRAM.name: _PROGRAM.read_text(encoding="utf-8")},
    }
