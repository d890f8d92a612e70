import json

from policies.cluster_key import KEY, RULES
from policies.record import UNKNOWN
from tests.policies.cases import Case, RuleCases, cases_test, resource

_ELSEWHERE = [Case(resource("aws:kms/alias:Alias", {}))]


def _key(**inputs):
    return resource(KEY, inputs)


def _policy(principal, **extra):
    statement = {
        "Sid": "Use",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "kms:Decrypt",
        "Resource": "*",
    }
    return _key(policy=json.dumps({"Statement": [statement | extra]}))


CASES = {
    "keys-rotate": RuleCases(
        passing=[Case(_key(enableKeyRotation=True)), Case(_key(customerMasterKeySpec="RSA_2048"))],
        failing=[
            Case(_key(), findings=["enableKeyRotation is off"]),
            Case(_key(enableKeyRotation=False), findings=["enableKeyRotation is off"]),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(enableKeyRotation=UNKNOWN))],
    ),
    "key-deletion-can-be-taken-back": RuleCases(
        passing=[Case(_key()), Case(_key(deletionWindowInDays=14))],
        failing=[
            Case(
                _key(deletionWindowInDays=days),
                findings=[f"a deletion can be taken back for {days} days only; two weeks is the least"],
            )
            for days in (7, 13)
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(deletionWindowInDays=UNKNOWN))],
    ),
    "keys-name-their-users": RuleCases(
        passing=[
            Case(_key()),  # KMS's own default policy names the account
            Case(_policy({"AWS": "arn:aws:iam::111122223333:root"})),
            Case(_policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
            Case(_policy("*", Effect="Deny")),
            Case(_policy({"Service": "logs.eu-central-1.amazonaws.com"})),
        ],
        failing=[
            Case(_policy("*"), findings=["statement Use lets every AWS account use the key"]),
            Case(_policy({"AWS": ["*"]}), findings=["statement Use lets every AWS account use the key"]),
            Case(
                _policy({"AWS": "*"}, Sid=None), findings=["statement 0 lets every AWS account use the key"]
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(policy=UNKNOWN)), Case(_key(policy="not JSON"))],
    ),
}

test_cases = cases_test(RULES, CASES)
