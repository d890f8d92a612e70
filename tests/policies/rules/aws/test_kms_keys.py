import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.kms_keys import KEY, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_ELSEWHERE = [Case(resource("aws:kms/alias:Alias", {}))]


def _key(**inputs):
    return resource(KEY, inputs)


def _allows(sid, principal):
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}


def _policy(principal, outputs=None, **extra):
    document = {"Statement": [_allows("Use", principal) | extra]}
    return resource(KEY, {"policy": json.dumps(document)}, outputs=outputs or {})


def _grants(**changed):
    statement = {
        "Sid": "Manage",
        "Effect": "Allow",
        "Principal": OURS,
        "Action": "kms:CreateGrant",
        "Resource": "*",
    }
    return resource(KEY, {"policy": json.dumps({"Statement": [statement | changed]})})


OURS = {"AWS": "arn:aws:iam::111122223333:root"}
THEIRS = {"AWS": "arn:aws:iam::444455556666:root"}
OWN = {"arn": "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"}


CASES = {
    "kms-keys-rotate": RuleCases(
        passing=[Case(_key(enableKeyRotation=True)), Case(_key(customerMasterKeySpec="RSA_2048"))],
        failing=[
            Case(_key(), findings=["enableKeyRotation: is off"]),
            Case(_key(enableKeyRotation=False), findings=["enableKeyRotation: is off"]),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(enableKeyRotation=UNKNOWN))],
    ),
    "kms-deletion-window-set": RuleCases(
        passing=[Case(_key()), Case(_key(deletionWindowInDays=14))],
        failing=[
            Case(
                _key(deletionWindowInDays=days),
                findings=[
                    f"deletionWindowInDays: a deletion can be taken back for {days} days only; two weeks is the least"
                ],
            )
            for days in (7, 13)
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(deletionWindowInDays=UNKNOWN))],
    ),
    "key-grants-are-for-services": RuleCases(
        passing=[
            Case(_grants(Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})),
            Case(_grants(Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}})),
            Case(_grants(Action="kms:*")),
            Case(_grants(Principal={"AWS": "arn:aws:iam::111122223333:role/a"})),
            Case(_grants(Action=["kms:Describe*"])),
        ],
        failing=[
            Case(
                _grants(),
                findings=["policy.Statement[0].Condition: kms:CreateGrant without kms:GrantIsForAWSResource"],
            ),
            Case(
                _grants(Principal={"AWS": "111122223333"}, Action=["kms:Create*", "kms:PutKeyPolicy"]),
                findings=["policy.Statement[0].Condition: kms:CreateGrant without kms:GrantIsForAWSResource"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(policy=UNKNOWN))],
    ),
    "keys-name-their-users": RuleCases(
        passing=[
            Case(_key()),  # KMS's own default policy names the account
            Case(_policy({"AWS": "arn:aws:iam::111122223333:root"})),
            Case(_policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
            Case(_policy("*", Effect="Deny")),
            Case(_policy("*", Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}})),
            Case(_policy({"Service": "logs.eu-central-1.amazonaws.com"})),
        ],
        failing=[
            Case(_policy("*"), findings=["policy.Statement[0].Principal: every AWS account may use the key"]),
            Case(
                _policy("*", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
                findings=["policy.Statement[0].Principal: every AWS account may use the key"],
            ),
            Case(
                _policy({"AWS": ["*"]}),
                findings=["policy.Statement[0].Principal.AWS[0]: every AWS account may use the key"],
            ),
            Case(
                _policy({"AWS": "*"}, Sid=None),
                findings=["policy.Statement[0].Principal.AWS: every AWS account may use the key"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(policy=UNKNOWN)), Case(_key(policy="not JSON"))],
    ),
    "keys-stay-in-their-account": RuleCases(
        passing=[
            Case(_key()),
            Case(_policy({"AWS": "arn:aws:iam::111122223333:root"})),
            Case(_policy({"AWS": "111122223333"}, outputs=OWN)),
            Case(_policy({"AWS": "arn:aws:iam::444455556666:root"}, Effect="Deny", outputs=OWN)),
            Case(_policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        ],
        failing=[
            Case(
                _policy({"AWS": "arn:aws:iam::444455556666:root"}, outputs=OWN),
                findings=["policy.Statement[0].Principal.AWS: account 444455556666 may use the key"],
            ),
            Case(
                _policy({"AWS": ["111122223333", "444455556666"]}, outputs=OWN),
                findings=["policy.Statement[0].Principal.AWS[1]: account 444455556666 may use the key"],
            ),
            Case(
                _policy("*", Condition={"StringEquals": {"kms:CallerAccount": "444455556666"}}, outputs=OWN),
                findings=["policy.Statement[0].Condition: account 444455556666 may use the key"],
            ),
            Case(
                _key(policy={"Statement": [_allows("A", OURS), _allows("B", OURS), _allows("C", THEIRS)]}),
                findings=["policy.Statement[2].Principal.AWS: account 444455556666 may use the key"],
            ),
            Case(
                resource(
                    "aws:kms/keyPolicy:KeyPolicy",
                    {"keyId": OWN["arn"], "policy": {"Statement": _allows("C", THEIRS)}},
                ),
                findings=["policy.Statement.Principal.AWS: account 444455556666 may use the key"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_key(policy=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
