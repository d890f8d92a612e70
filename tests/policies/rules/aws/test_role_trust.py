import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.role_trust import PLATFORM, RULES
from tests.policies.cases import OURS as OUR_STACK
from tests.policies.cases import Case, RuleCases, cases_test, resource

STATEMENT = "assumeRolePolicy.Statement[0]"
UNTAGGED = "disableSessionTags: neither trust nor permissions can tell this workload from another"
EVERYBODY = f"{STATEMENT}.Principal: anybody in any account may take on the role"
WHOLE = f"{STATEMENT}.Principal.AWS: whoever account 444455556666 chooses may take on the role"
ROLE = "aws:iam/role:Role"
OTHER = Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))
ISSUER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
ANY_TOKEN = f"{STATEMENT}.Principal.Federated: every token of {ISSUER} may take on the role"
TOKENS = "token.actions.githubusercontent.com"
PEOPLE = "arn:aws:iam::111122223333:saml-provider/people"
CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/example-dev"
TAGS = {"aws:RequestTag/eks-cluster-arn": CLUSTER, "aws:RequestTag/kubernetes-namespace": ["models"]}
OURS = "arn:aws:iam::111122223333:root"
THEIRS = "arn:aws:iam::444455556666"
THEIR_TOPIC = "arn:aws:sns:eu-central-1:444455556666:topic"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
SCHEDULES = "arn:aws:scheduler:eu-central-1:111122223333:schedule/*"
ANY_CLUSTER = f"{STATEMENT}.Condition: pods of every cluster in the account may take on the role"
ANY_NAMESPACE = f"{STATEMENT}.Condition: pods of every namespace may take on the role"


def trusts(principal, condition=None, sid="Trust", effect="Allow"):
    statement = {"Sid": sid, "Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
    if condition is not None:
        statement["Condition"] = condition
    return resource(
        ROLE, {"assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    )


def pods(condition):
    return trusts({"Service": "pods.eks.amazonaws.com"}, condition, sid="PodIdentity")


def association(**inputs):
    return resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", inputs)


def bounded(role):
    """A role whose boundary says which account it is in."""
    return resource(ROLE, {**role.inputs, "permissionsBoundary": BOUNDARY})


CASES = {
    "roles-trust-named-principals": RuleCases(
        passing=[
            Case(trusts({"Service": "ec2.amazonaws.com"})),
            Case(trusts({"AWS": "arn:aws:iam::111122223333:root"})),
            Case(trusts("*", {"StringEquals": {"aws:PrincipalOrgID": "o-example"}})),
            Case(trusts("*", effect="Deny")),
            Case(
                trusts(
                    {"Federated": ISSUER},
                    {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/models:*"}},
                )
            ),
            Case(
                trusts(
                    {"Federated": PEOPLE},
                    {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                )
            ),
            Case(trusts({"Federated": ISSUER}, {"StringLike": {f"{TOKENS}:sub": "org/example/project/*"}})),
            Case(trusts({"Federated": ISSUER}, {"StringLike": {f"{TOKENS}:sub": "{1b2c}:*"}})),
            Case(
                trusts(
                    {"Federated": "cognito-identity.amazonaws.com"},
                    {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-central-1:pool"}},
                )
            ),
        ],
        failing=[
            *(
                Case(
                    trusts({"Federated": ISSUER}, {"StringLike": {f"{TOKENS}:sub": subject}}),
                    findings=[ANY_TOKEN],
                )
                for subject in (
                    "project_path:*",
                    "*:environment:prod",
                    "organization:*:project:x",
                    "repo:ex*/x:*",
                )
            ),
            Case(
                trusts({"Federated": PEOPLE}),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Federated: every assertion of "
                        "arn:aws:iam::111122223333:saml-provider/people, whoever it is for, may take on the role"
                    )
                ],
            ),
            Case(trusts("*"), findings=[EVERYBODY]),
            Case(
                trusts(
                    {"Federated": "cognito-identity.amazonaws.com"},
                    {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}},
                ),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Federated: every token of "
                        "cognito-identity.amazonaws.com may take on the role"
                    )
                ],
            ),
            Case(
                trusts({"AWS": ["*"]}, {"Bool": {"aws:SecureTransport": "true"}}),
                findings=[f"{STATEMENT}.Principal.AWS[0]: anybody in any account may take on the role"],
            ),
            Case(trusts("*", {"StringLike": {"aws:PrincipalArn": "*"}}), findings=[EVERYBODY]),
            Case(trusts({"Federated": ISSUER}), findings=[ANY_TOKEN]),
            Case(
                trusts(
                    {"Federated": ISSUER}, {"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}
                ),
                findings=[ANY_TOKEN],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"assumeRolePolicy": UNKNOWN}))],
    ),
    "pod-roles-name-their-namespaces": RuleCases(
        passing=[
            Case(pods({"StringEquals": TAGS}), [OUR_STACK]),
            Case(
                pods(
                    {
                        "ArnEquals": {"aws:SourceArn": CLUSTER},
                        "StringEquals": {"aws:RequestTag/kubernetes-namespace": "models"},
                    }
                )
            ),
            Case(trusts({"Service": "ec2.amazonaws.com"})),
        ],
        failing=[
            Case(pods(None), [OUR_STACK], findings=[ANY_CLUSTER, ANY_NAMESPACE]),
            Case(
                pods({"StringEquals": {"aws:RequestTag/eks-cluster-arn": CLUSTER}}),
                [OUR_STACK],
                [ANY_NAMESPACE],
            ),
            Case(
                pods({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "models"}}),
                [OUR_STACK],
                [ANY_CLUSTER],
            ),
            Case(
                pods({"StringLike": TAGS | {"aws:RequestTag/kubernetes-namespace": ["models", "*"]}}),
                [OUR_STACK],
                [ANY_NAMESPACE],
            ),
            Case(pods({"StringNotEquals": TAGS}), [OUR_STACK], findings=[ANY_CLUSTER, ANY_NAMESPACE]),
            Case(pods({"StringEqualsIfExists": TAGS}), [OUR_STACK], findings=[ANY_CLUSTER, ANY_NAMESPACE]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"assumeRolePolicy": "no json"}), [OUR_STACK])],
    ),
    "pod-identities-carry-session-tags": RuleCases(
        passing=[
            Case(association()),
            Case(association(disableSessionTags=False)),
            Case(association(disableSessionTags=True, policy="{}")),
        ],
        failing=[
            Case(association(disableSessionTags=True), findings=[UNTAGGED]),
            Case(association(disableSessionTags=True, policy=""), findings=[UNTAGGED]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(association(disableSessionTags=UNKNOWN))],
    ),
    "roles-trust-no-whole-other-account": RuleCases(
        passing=[
            Case(bounded(trusts({"AWS": OURS}))),
            Case(bounded(trusts({"AWS": f"{THEIRS}:role/scanner"}))),
            Case(bounded(trusts({"AWS": f"{THEIRS}:root"}, {"StringEquals": {"sts:ExternalId": "abc"}}))),
            Case(
                bounded(trusts({"AWS": "444455556666"}, {"StringLike": {"aws:PrincipalOrgID": "o-example"}}))
            ),
            Case(
                bounded(trusts({"AWS": f"{THEIRS}:root"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
            ),
            Case(
                bounded(
                    trusts(
                        {"AWS": f"{THEIRS}:root"}, {"ArnLike": {"aws:PrincipalArn": f"{THEIRS}:role/ci-*"}}
                    )
                )
            ),
            Case(bounded(trusts({"AWS": f"{THEIRS}:root"}, effect="Deny"))),
            Case(trusts({"AWS": f"{THEIRS}:root"})),  # whose stack it is cannot be told
            Case(trusts({"AWS": f"{THEIRS}:root"}), [resource("aws:sns/topic:Topic", {}, id=THEIR_TOPIC)]),
        ],
        failing=[
            Case(bounded(trusts({"AWS": f"{THEIRS}:root"})), findings=[WHOLE]),
            Case(
                bounded(trusts({"AWS": ["444455556666", OURS]})),
                findings=[
                    (
                        f"{STATEMENT}.Principal.AWS[0]: whoever account 444455556666 chooses may "
                        "take on the role"
                    )
                ],
            ),
            Case(
                bounded(trusts({"AWS": f"{THEIRS}:root"}, {"StringLike": {"sts:ExternalId": "*"}})),
                findings=[WHOLE],
            ),
            Case(
                bounded(
                    trusts({"AWS": f"{THEIRS}:root"}, {"StringEqualsIfExists": {"sts:ExternalId": "abc"}})
                ),
                findings=[WHOLE],
            ),
            Case(
                bounded(
                    trusts({"AWS": f"{THEIRS}:root"}, {"ArnLike": {"aws:PrincipalArn": f"{THEIRS}:role/*"}})
                ),
                findings=[WHOLE],
            ),
            Case(
                trusts({"AWS": f"{THEIRS}:root"}),
                [resource("aws:sns/topic:Topic", {}, id="arn:aws:sns:eu-central-1:111122223333:t")],
                [WHOLE],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"assumeRolePolicy": UNKNOWN, "permissionsBoundary": BOUNDARY}))],
    ),
    "service-roles-set-source-account": RuleCases(
        passing=[
            *(
                Case(trusts({"Service": f"{name}.amazonaws.com"}))
                for name in ("ec2", "lambda", "eks", "pods.eks", "eks-fargate-pods", "ecs-tasks", "states")
            ),
            Case(trusts({"AWS": OURS})),
            Case(
                trusts(
                    {"Service": "scheduler.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": "1" * 12}}
                )
            ),
            Case(trusts({"Service": "bedrock.amazonaws.com"}, {"ArnLike": {"AWS:SourceArn": SCHEDULES}})),
            Case(trusts({"Service": "scheduler.amazonaws.com"}, effect="Deny")),
        ],
        failing=[
            Case(
                trusts({"Service": "scheduler.amazonaws.com"}),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Service: scheduler.amazonaws.com may take on the "
                        "role for any account"
                    )
                ],
            ),
            Case(
                trusts({"Service": ["ec2.amazonaws.com", "logs.eu-central-1.amazonaws.com"]}),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Service[1]: logs.eu-central-1.amazonaws.com may "
                        "take on the role for any account"
                    )
                ],
            ),
            Case(
                trusts({"Service": "bedrock.amazonaws.com"}, {"StringLike": {"aws:SourceAccount": "*"}}),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Service: bedrock.amazonaws.com may take on the "
                        "role for any account"
                    )
                ],
            ),
            Case(
                trusts(
                    {"Service": "firehose.amazonaws.com.cn"},
                    {"ArnLikeIfExists": {"aws:SourceArn": SCHEDULES}},
                ),
                findings=[
                    (
                        f"{STATEMENT}.Principal.Service: firehose.amazonaws.com.cn may take on "
                        "the role for any account"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"assumeRolePolicy": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
