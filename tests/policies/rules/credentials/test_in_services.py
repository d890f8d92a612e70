import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.ecs_tasks import JOB, TASK
from policies.rules.credentials.in_services import BUILD, PARAMETER, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

MODEL = "aws:sagemaker/model:Model"
CONNECTION = "aws:glue/connection:Connection"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def task(**container):
    return resource(TASK, {"containerDefinitions": json.dumps([{"name": "app", **container}])})


def build(*variables, location="https://github.com/a/b"):
    return resource(
        BUILD, {"environment": {"environmentVariables": list(variables)}, "source": {"location": location}}
    )


def parameter(name, value, kind="String", **extra):
    return resource(PARAMETER, {"name": name, "type": kind, "value": value}, **extra)


CASES = {
    "services-are-told-no-credentials": RuleCases(
        passing=[
            Case(task(environment=[{"name": "LOG_LEVEL", "value": "info"}])),
            Case(task(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:a"}])),
            Case(build({"name": "TOKEN", "type": "SECRETS_MANAGER", "value": "build:token"})),
            Case(parameter("/app/region", "eu-west-1")),
            Case(parameter("/app/password", "hunter2hunter2", "SecureString")),
            Case(parameter("/app/password", UNKNOWN, secret_properties=frozenset({"value"}))),
            Case(
                parameter("/app/table", UNKNOWN, property_dependencies={"value": frozenset({"urn:of:table"})})
            ),
            Case(resource(MODEL, {"primaryContainer": {"environment": {"MODEL": "bge"}}})),
        ],
        failing=[
            Case(
                task(environment=[{"name": "DB_PASSWORD", "value": "hunter2hunter2"}]),
                findings=[
                    "containerDefinitions[0].environment[0].value: DB_PASSWORD holds a credential, by its name"
                ],
            ),
            Case(
                task(command=["run", f"--key={KEY}"]),
                findings=["containerDefinitions[0].command[1]: command holds an access key of AWS"],
            ),
            Case(
                resource(JOB, {"containerProperties": {"environment": [{"name": "X", "value": KEY}]}}),
                findings=["containerProperties.environment[0].value: X holds an access key of AWS"],
            ),
            Case(
                build({"name": "API_TOKEN", "type": "PLAINTEXT", "value": "t0ken-of-somebody"}),
                findings=[
                    "environment.environmentVariables[0].value: API_TOKEN holds a credential, by its name"
                ],
            ),
            Case(
                build(location="https://user:hunter2@example.com/a.git"),
                findings=["source.location: source.location holds a password in an address"],
            ),
            Case(
                parameter("/app/db/password", "hunter2hunter2"),
                findings=["value: password holds a credential, by its name"],
            ),
            Case(
                parameter("/app/db/password", "hunter2hunter2", secret_properties=frozenset({"value"})),
                [OURS],
                ["value: password holds a credential, by its name"],
            ),
            Case(
                resource(MODEL, {"containers": [{"environment": {"HF_TOKEN": "t0ken-of-somebody"}}]}),
                findings=["containers[0].environment.HF_TOKEN: HF_TOKEN holds a credential, by its name"],
            ),
            Case(
                resource(CONNECTION, {"connectionProperties": {"PASSWORD": "hunter2hunter2"}}),
                findings=["connectionProperties.PASSWORD: PASSWORD holds a credential, by its name"],
            ),
        ],
        not_applicable=[Case(resource("aws:ecs/cluster:Cluster", {}))],
        undecided=[
            Case(parameter("a", UNKNOWN)),
            Case(build({"name": "A", "value": UNKNOWN})),
        ],
    ),
}

test_rules = cases_test(RULES, CASES)
