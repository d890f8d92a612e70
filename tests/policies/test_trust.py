import json

from policies.record import UNKNOWN
from policies.trust import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

ROLE = "aws:iam/role:Role"
OTHER = Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))
ISSUER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/example-dev"
TAGS = {"aws:RequestTag/eks-cluster-arn": CLUSTER, "aws:RequestTag/kubernetes-namespace": ["models"]}
ANY_CLUSTER = "PodIdentity: pods of every cluster in the account may take on the role"
ANY_NAMESPACE = "PodIdentity: pods of every namespace may take on the role"


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


def queue(*statements):
    return resource("aws:sqs/queuePolicy:QueuePolicy", {"policy": {"Statement": list(statements)}})


def says(**overrides):
    return {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"} | overrides


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
            Case(trusts({"Federated": "arn:aws:iam::111122223333:saml-provider/people"})),
        ],
        failing=[
            Case(trusts("*"), findings=["Trust: anybody in any account may take on the role"]),
            Case(
                trusts({"AWS": ["*"]}, {"Bool": {"aws:SecureTransport": "true"}}),
                findings=["Trust: anybody in any account may take on the role"],
            ),
            Case(
                trusts("*", {"StringLike": {"aws:PrincipalArn": "*"}}),
                findings=["Trust: anybody in any account may take on the role"],
            ),
            Case(
                trusts({"Federated": ISSUER}),
                findings=[f"Trust: every token of {ISSUER} may take on the role"],
            ),
            Case(
                trusts(
                    {"Federated": ISSUER}, {"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}
                ),
                findings=[f"Trust: every token of {ISSUER} may take on the role"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(resource(ROLE, {"assumeRolePolicy": UNKNOWN})),
        ],
    ),
    "pod-roles-name-their-namespaces": RuleCases(
        passing=[
            Case(pods({"StringEquals": TAGS})),
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
            Case(pods(None), findings=[ANY_CLUSTER, ANY_NAMESPACE]),
            Case(
                pods({"StringEquals": {"aws:RequestTag/eks-cluster-arn": CLUSTER}}), findings=[ANY_NAMESPACE]
            ),
            Case(
                pods({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "models"}}),
                findings=[ANY_CLUSTER],
            ),
            Case(
                pods({"StringLike": TAGS | {"aws:RequestTag/kubernetes-namespace": ["models", "*"]}}),
                findings=[ANY_NAMESPACE],
            ),
            Case(pods({"StringNotEquals": TAGS}), findings=[ANY_CLUSTER, ANY_NAMESPACE]),
            Case(pods({"StringEqualsIfExists": TAGS}), findings=[ANY_CLUSTER, ANY_NAMESPACE]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"assumeRolePolicy": "no json"}))],
    ),
    "pod-identities-carry-session-tags": RuleCases(
        passing=[
            Case(association()),
            Case(association(disableSessionTags=False)),
            Case(association(disableSessionTags=True, policy="{}")),
        ],
        failing=[
            Case(
                association(disableSessionTags=True),
                findings=[
                    "disableSessionTags: neither trust nor permissions can tell this workload from another"
                ],
            ),
            Case(
                association(disableSessionTags=True, policy=""),
                findings=[
                    "disableSessionTags: neither trust nor permissions can tell this workload from another"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(association(disableSessionTags=UNKNOWN))],
    ),
    "resource-policies-name-their-principals": RuleCases(
        passing=[
            Case(queue(says(Principal={"Service": "events.amazonaws.com"}))),
            Case(queue(says(Condition={"ArnEquals": {"aws:SourceArn": CLUSTER}}))),
            Case(queue(says(Effect="Deny"))),
        ],
        failing=[
            Case(queue(says()), findings=["statement 0: allows everybody, in any account"]),
            Case(
                queue(says(Effect="Deny"), says(Sid="Open", Principal={"AWS": "*"})),
                findings=["Open: allows everybody, in any account"],
            ),
            Case(
                queue(says(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::444455556666:root"})),
                findings=["statement 0: allows everybody, in any account"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource("aws:sqs/queuePolicy:QueuePolicy", {"policy": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
