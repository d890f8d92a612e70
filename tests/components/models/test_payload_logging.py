"""What KServe's agent is told about keeping payloads, and what is refused before it is told anything."""

import pytest
from pydantic import ValidationError

from components.models.payload_logging import (
    PayloadLogging,
    folder,
    logger,
    payload_problems,
    sampler,
    sampler_program,
)
from components.serving.download import runtime_image
from runtime.payload_sampler import PORT
from tests.components.model_examples import EMBEDDING

SETTINGS = PayloadLogging(mode="request", percent=5)


def test_the_agent_stores_what_the_sampler_beside_it_answers(names):
    assert logger(EMBEDDING, SETTINGS, names) == {
        "mode": "request",
        "url": "s3://example-test-payloads-111122223333-eu-central-1/internal/minilm-v1",
        "storage": {
            "path": "sample",
            "parameters": {"format": "json"},
            "key": "credentials",
            "serviceAccountName": "minilm-v1",
        },
        "marshallerUrl": f"http://127.0.0.1:{PORT}/",
        "batchSize": 20,
        "batchInterval": "30s",
    }


def test_payloads_lie_by_data_class_and_account_as_lifecycle_and_role_want_it():
    assert folder(EMBEDDING) == "internal/minilm-v1"


def test_the_sampler_runs_our_program_restricted_and_bounded(names):
    container = sampler(SETTINGS, names)
    assert container == {
        "name": "payload-sampler",
        "image": runtime_image(names),
        "command": ["python", "/etc/payload-sampler/payload_sampler.py"],
        "env": [{"name": "PERCENT", "value": "5"}],
        "resources": {
            "requests": {"cpu": "50m", "memory": "512Mi"},
            "limits": {"cpu": "50m", "memory": "512Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "payload-sampler", "mountPath": "/etc/payload-sampler", "readOnly": True}],
    }
    program = sampler_program(EMBEDDING, "models")
    assert program["metadata"] == {
        "name": "minilm-v1-payload-sampler",
        "namespace": "models",
        "labels": EMBEDDING.labels(),
    }
    compile(program["data"]["payload_sampler.py"], "payload_sampler.py", "exec")


@pytest.mark.parametrize("percent", [0, 101, 2.5, True])
def test_a_share_is_a_whole_number_from_one_to_a_hundred(percent):
    with pytest.raises(ValidationError):
        PayloadLogging(percent=percent)


@pytest.mark.parametrize(
    ("engine", "pii", "data_class"),
    [
        ("huggingface", "refused", "public"),
        ("xgboost", "allowed", "restricted"),
        ("openvino", "allowed", "confidential"),
    ],
)
def test_what_may_be_kept(engine, pii, data_class):
    assert list(payload_problems(engine, pii, data_class)) == []


@pytest.mark.parametrize(
    ("engine", "pii", "data_class", "why"),
    [
        (
            "vllm",
            "refused",
            "internal",
            (
                "KServe 0.20 records nothing of language models (LLMInferenceService has no logger); "
                "leave it out"
            ),
        ),
        (
            "huggingface",
            "redacted",
            "confidential",
            (
                "data.pii is redacted, and nothing takes personal data out before a payload is kept; "
                "leave it out until something does"
            ),
        ),
        (
            "huggingface",
            "allowed",
            "internal",
            "data.pii is allowed in internal data; only confidential or restricted may be kept",
        ),
    ],
)
def test_what_must_not_be_kept(engine, pii, data_class, why):
    assert list(payload_problems(engine, pii, data_class)) == [why]
