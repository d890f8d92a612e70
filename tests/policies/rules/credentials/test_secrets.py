from base64 import b64encode
from dataclasses import replace

from policies.engine.graph import UNKNOWN
from policies.rules.credentials.secrets import (
    KUBERNETES_SECRET,
    PARAMETER,
    PLATFORM,
    RULES,
    SECRET,
    SECRET_VERSION,
)
from tests.policies.cases import Case, RuleCases, cases_test, resource

KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
OTHER = Case(resource("kubernetes:core/v1:ConfigMap", {"data": {"password": "in the open"}}))


def kubernetes(**inputs):
    return resource(KUBERNETES_SECRET, {"apiVersion": "v1", "kind": "Secret", **inputs})


TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 a type of secret

CASES = {
    "secrets-use-cmk": RuleCases(
        passing=[
            Case(resource(SECRET, {"kmsKeyId": KEY})),
            Case(resource(PARAMETER, {"type": "SecureString", "keyId": "alias/example-dev-models"})),
            Case(resource(PARAMETER, {"type": "String", "value": "eu"})),
        ],
        failing=[
            Case(
                resource(SECRET, {}), findings=["kmsKeyId: is AWS's own key, whose policy nobody can change"]
            ),
            Case(
                resource(SECRET, {"kmsKeyId": "alias/aws/secretsmanager"}),
                findings=["kmsKeyId: is AWS's own key, whose policy nobody can change"],
            ),
            Case(
                resource(PARAMETER, {"type": "SecureString"}),
                findings=["keyId: is AWS's own key, whose policy nobody can change"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(resource(SECRET, {"kmsKeyId": UNKNOWN})),
            Case(resource(PARAMETER, {"type": UNKNOWN, "keyId": KEY})),
        ],
    ),
    "secret-recovery-window-set": RuleCases(
        passing=[Case(resource(SECRET, {})), Case(resource(SECRET, {"recoveryWindowInDays": 7}))],
        failing=[
            Case(
                resource(SECRET, {"recoveryWindowInDays": days}),
                findings=["recoveryWindowInDays: is 0: a deletion cannot be taken back"],
            )
            for days in (0, 0.0)
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(SECRET, {"recoveryWindowInDays": UNKNOWN}))],
    ),
    "secrets-not-in-plain-text": RuleCases(
        passing=[
            Case(resource(SECRET_VERSION, {"secretId": "db"})),
            Case(
                resource(
                    SECRET_VERSION,
                    {"secretString": UNKNOWN},
                    property_dependencies={"secretString": frozenset({"urn:random"})},
                )
            ),
            Case(resource(PARAMETER, {"type": "String", "value": "eu"})),
            Case(kubernetes()),
            Case(kubernetes(stringData={"password": ""})),
            Case(kubernetes(data={})),
            Case(
                replace(
                    kubernetes(stringData={"token": UNKNOWN}),
                    secret_properties=frozenset({"stringData.token"}),
                )
            ),
            Case(kubernetes(stringData={"password": "${DB_PASSWORD}", "token": "<token>"})),
            Case(kubernetes(data={"password": "Q0hBTkdFTUU="})),
            Case(kubernetes(data={"ca.crt": b64encode(b"-----BEGIN CERTIFICATE-----\nMIIB").decode()})),
        ],
        failing=[
            Case(
                resource(SECRET_VERSION, {"secretString": "hunter2"}),
                findings=["secretString: stands in plain text"],
            ),
            Case(
                resource(PARAMETER, {"type": "SecureString", "value": "hunter2"}),
                findings=["value: stands in plain text"],
            ),
            Case(
                kubernetes(data={"password": "aHVudGVyMg=="}, stringData={"token": "hunter2"}),
                findings=["data.password: stands in plain text", "stringData.token: stands in plain text"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(resource(SECRET_VERSION, {"secretString": UNKNOWN})),
            Case(kubernetes(stringData={"token": UNKNOWN})),
        ],
    ),
    "service-accounts-have-no-standing-tokens": RuleCases(
        passing=[Case(kubernetes()), Case(kubernetes(type="Opaque"))],
        failing=[
            Case(
                kubernetes(
                    type=TOKEN, metadata={"annotations": {"kubernetes.io/service-account.name": "ci"}}
                ),
                findings=["type: is a token of ci that never ends"],
            ),
            Case(kubernetes(type=TOKEN), findings=["type: is a token of a service account that never ends"]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(kubernetes(type=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
