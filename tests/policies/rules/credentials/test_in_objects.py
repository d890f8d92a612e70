import base64

import pytest

from policies.analysis.secrets.shapes import spotted
from policies.engine.graph import UNKNOWN
from policies.rules.credentials.in_objects import CONFIG_MAP, FUNCTIONS, RULES, USER_DATA
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import llm, service

OTHER = [Case(resource("kubernetes:core/v1:Service", {"kind": "Service"}))]
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def config(data):
    return resource(CONFIG_MAP, {"kind": "ConfigMap", "data": data})


def pod(**container):
    spec = {"containers": [{"name": "app", **container}]}
    return resource(DEPLOYMENT, {"kind": "Deployment", "spec": {"template": {"spec": spec}}})


def told(name, value):
    return pod(env=[{"name": name, "value": value}])


TRIGGER = "kubernetes:keda.sh/v1alpha1:ScaledObject"
TOOLS = "kubernetes:aigateway.envoyproxy.io/v1beta1:MCPRoute"


def route(header, value):
    spec = {"filters": [{"set": {header: value}}]}
    return resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {"kind": "HTTPRoute", "spec": spec})


def machine(said, kind=USER_DATA[0], key="userData"):
    return resource(kind, {key: said})


HARMLESS = {
    "PAD_TOKEN": "[PAD]",
    "STOP_TOKEN": "###",
    "TLS_SECRET": "gateway-tls",
    "IMAGE_PULL_SECRET": "regcred",
    "BYPASS": "always",
    "PASSWORD_MIN_LENGTH": "twelve",
}

CASES = {
    "configuration-holds-no-credentials": RuleCases(
        passing=[
            Case(resource(CONFIG_MAP, {"binaryData": {"logo.png": "iVBORw0KGgo="}})),
            Case(config({"LOG_LEVEL": "info", "TOKEN_TTL": "3600", "PASSWORD_FILE": "/run/secret"})),
            Case(config({"SECRET": "arn:aws:secretsmanager:x", "API_KEY": "${API_KEY}"})),
            Case(config({"app.yaml": "database:\n  password: ${DB_PASSWORD}\n  host: db\n"})),
        ],
        failing=[
            Case(
                resource(CONFIG_MAP, {"binaryData": {"id": base64.b64encode(KEY.encode()).decode()}}),
                findings=["binaryData.id: holds a private key"],
            ),
            Case(
                config({"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
                findings=["data.AWS_SECRET_ACCESS_KEY: holds a credential, by its name"],
            ),
            Case(config({"tls.key": KEY}), findings=["data[tls.key]: holds a private key"]),
            Case(
                config({"app.yaml": "database:\n  password: hunter22x\n"}),
                findings=["data[app.yaml]: holds a credential, by its name"],
            ),
            Case(
                config({"DATABASE": "postgresql://app:hunter22x@db:5432/app"}),
                findings=["data.DATABASE: holds a password in an address"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(config({"LOG_LEVEL": UNKNOWN}))],
    ),
    "pods-are-told-no-credentials": RuleCases(
        passing=[
            Case(told("LOG_LEVEL", "info")),
            Case(pod(env=[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db"}}}])),
            Case(pod(args=["--token-file", "/run/token", "--max-tokens", "512"])),
            *(Case(told(name, value)) for name, value in HARMLESS.items()),
            Case(pod(args=["--tls-secret=gateway-tls", "--pad-token", "[PAD]", "-u", "10001:10001"])),
            Case(pod(args=["--config=https://a.example.com/c", "git+https://github.com/a/b"])),
            Case(service()),
            Case(llm()),
        ],
        failing=[
            Case(
                told("DB_PASSWORD", "hunter22x"),
                findings=[
                    "spec.template.spec.containers[0].env[0].value: DB_PASSWORD holds a credential, by its name"
                ],
            ),
            Case(
                pod(args=["--api-key", "hunter22x"]),
                findings=["spec.template.spec.containers[0].args[1]: holds a credential, by its name"],
            ),
            *(
                Case(
                    told(name, "hunter22x"),
                    findings=[
                        f"spec.template.spec.containers[0].env[0].value: {name} holds a credential, by its name"
                    ],
                )
                for name in ("PGPASSWORD", "SMTP_PASS", "dbPassword", "TLS_SECRET_KEY")
            ),
            Case(
                told("TLS_SECRET", "Hunter22x!"),
                findings=[
                    "spec.template.spec.containers[0].env[0].value: TLS_SECRET holds a credential, by its name"
                ],
            ),
            Case(
                pod(args=["redis-server", "--requirepass", "hunter22x"]),
                findings=["spec.template.spec.containers[0].args[2]: holds a credential, by its name"],
            ),
            Case(
                pod(command=["curl", "-u", "admin:hunter22x", "https://a.example.com"]),
                findings=["spec.template.spec.containers[0].command[2]: holds a password after a name"],
            ),
            Case(
                pod(command=["git", "clone", "https://ghp_" + "a1" * 18 + "@github.com/a/b"]),
                findings=["spec.template.spec.containers[0].command[2]: holds a token of GitHub"],
            ),
            Case(
                resource(
                    "kubernetes:tekton.dev/v1:Task",
                    {
                        "kind": "Task",
                        "spec": {
                            "steps": [{"name": "s", "image": "a:1", "script": "export DB_PASSWORD=hunter22x"}]
                        },
                    },
                ),
                findings=["spec.steps[0].script: holds a credential, by its name"],
            ),
            Case(
                resource(
                    "kubernetes:trainer.kubeflow.org/v1alpha1:TrainJob",
                    {
                        "kind": "TrainJob",
                        "spec": {"trainer": {"env": [{"name": "WANDB_API_KEY", "value": "abcd1234"}]}},
                    },
                ),
                findings=["spec.trainer.env[0].value: WANDB_API_KEY holds a credential, by its name"],
            ),
            Case(
                pod(command=["sh", "-c", "export HF_TOKEN=hf_abcdefghijklmnop1234; serve"]),
                findings=["spec.template.spec.containers[0].command[2]: holds a token of Hugging Face"],
            ),
            Case(
                llm(
                    lambda s: s["template"]["containers"][0]["env"].append(
                        {"name": "API_KEY", "value": "abcd1234"}
                    )
                ),
                findings=[
                    "spec.template.containers[0].env[1].value: API_KEY holds a credential, by its name"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(told("DB_PASSWORD", UNKNOWN))],
    ),
    "machines-are-told-no-credentials": RuleCases(
        passing=[
            Case(machine("#!/bin/bash\nset -e\nexport LOG_LEVEL=info\n")),
            Case(machine(base64.b64encode(b"#!/bin/bash\nset -e\n").decode())),
            Case(resource(USER_DATA[3], {"kind": "EC2NodeClass", "spec": {}})),
        ],
        failing=[
            Case(
                machine("#!/bin/bash\nexport DB_PASSWORD=hunter22x\n"),
                findings=["userData: holds a credential, by its name"],
            ),
            Case(
                machine(base64.b64encode(f"cat > k <<E\n{KEY}\nE\n".encode()).decode(), key="userDataBase64"),
                findings=["userDataBase64: holds a private key"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(machine(UNKNOWN))],
    ),
    "objects-hold-no-credentials": RuleCases(
        passing=[
            Case(route("x-team", "ml")),
            Case(route("x-model", "sk-learn-inference-service-for-irises")),
            Case(resource(CONFIG_MAP, {"kind": "ConfigMap", "data": {"key": KEY}})),
            Case(told("DB_URL", "postgres://app:hunter22@db/app")),
            Case(
                resource(
                    TRIGGER, {"kind": "ScaledObject", "spec": {"host": "amqp://${USER}:${PASSWORD}@mq:5672"}}
                )
            ),
        ],
        failing=[
            Case(
                route("authorization", "Bearer hf_QwErTyUiOpAsDfGhJkLz"),
                findings=["spec.filters[0].set.authorization: holds a token of Hugging Face"],
            ),
            Case(
                resource(
                    TRIGGER, {"kind": "ScaledObject", "spec": {"host": "amqp://app:Zx81kLmQ2@mq:5672/jobs"}}
                ),
                findings=["spec.host: holds a password in an address"],
            ),
            *(
                Case(
                    route("x-api-key", key),
                    findings=["spec.filters[0].set.x-api-key: holds a key of a model provider"],
                )
                for key in ("sk-proj-Q9f3hT7xLw2ZrVbN5cYpK8sD", f"sk-or-v1-{'0a' * 32}")
            ),
            Case(
                resource(TOOLS, {"kind": "MCPRoute", "spec": {"apiKey": {"inline": "anything"}}}),
                findings=["spec.apiKey.inline: holds a key"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[Case(route("authorization", UNKNOWN))],
    ),
    "functions-are-told-no-credentials": RuleCases(
        passing=[Case(resource(FUNCTIONS[0], {"environment": {"variables": {"TABLE": "orders"}}}))],
        failing=[
            Case(
                resource(FUNCTIONS[0], {"environment": {"variables": {name: "hunter22x"}}}),
                findings=[f"environment.variables.{name}: holds a credential, by its name"],
            )
            for name in ("DB_PASSWORD", "clientSecret")
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(FUNCTIONS[0], {"environment": {"variables": UNKNOWN}}))],
    ),
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKENIZERS_PARALLELISM", "false"),
        ("MAX_TOKENS", "4096"),
        ("TOKEN_ISSUER", "login"),
        ("SECRET_NAME", "db-credentials"),
        ("DB_PASSWORD", "$(DB_PASSWORD)"),
        ("API_KEY", ""),
        ("api_key", "CHANGEME"),
        ("TOKEN", "/var/run/secrets/token"),
        ("URL", "https://user@example.com/x"),
        ("PASSWORD", "{{ .Values.password }}"),
    ],
)
def test_names_and_values_that_hold_none(name, value):
    assert list(spotted(name, value)) == []


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("X", "AKIA" + "IOSFODNN7" + "EXAMPLE", "an access key of AWS"),
        ("X", "ghp_" + "a" * 36, "a token of GitHub"),
        ("X", "sk-proj-" + "a" * 24, "a key of a model provider"),
        ("X", "xoxb-" + "1" * 12, "a token of Slack"),
        ("X", "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12, "a signed token"),
        ("openaiApiKey", "abcd1234", "a credential, by its name"),
        ("spring.datasource.password", "hunter22x", "a credential, by its name"),
    ],
)
def test_what_gives_itself_away(name, value, what):
    assert list(spotted(name, value)) == [what]
