import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.iam_policies import (
    ACCESS_KEY,
    ATTACHMENT,
    PASSWORDS,
    PLATFORM,
    POLICY,
    ROLE,
    ROLE_POLICY,
    RULES,
    USER,
)
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

ACTION = "policy.Statement[0].Action"
BUCKET = "arn:aws:s3:::models/*"
BOUNDARY_ARN = "arn:aws:iam::111122223333:policy/example-dev-boundary"
OTHER = Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))


def says(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources=BUCKET, **more):
    return {"Sid": "It", "Effect": "Allow", "Action": actions, "Resource": resources} | more


def policy(*statements):
    return resource(ROLE_POLICY, {"role": "reader", "policy": says(*statements)}, name="policy")


def boundary(*statements):
    document = says(*(statements or [allow(["s3:Get*", "ec2:*"], "*")]))
    return resource(POLICY, {"name": "example-dev-boundary", "policy": document}, name="boundary")


BOUNDED = resource(ROLE, {"name": "reader", "permissionsBoundary": BOUNDARY_ARN}, name="reader")


def attachment(arn, type_=ATTACHMENT):
    return resource(type_, {"role": "reader", "policyArn": arn})


def when(**condition):
    return {"Condition": condition}


STRONG = {
    "minimumPasswordLength": 14,
    "requireLowercaseCharacters": True,
    "requireNumbers": True,
    "requireSymbols": True,
    "requireUppercaseCharacters": True,
}
KEYS = "arn:aws:kms:eu-central-1:111122223333:key/*"

CASES = {
    "permissions-name-their-actions": RuleCases(
        passing=[
            Case(policy(allow(["s3:GetObject", "ec2:Describe*"]))),
            Case(policy(allow("s3:*") | {"Effect": "Deny"})),
            Case(boundary(), [BOUNDED]),
            Case(
                boundary(),
                [
                    resource(
                        ROLE,
                        {"name": "reader", "permissionsBoundary": UNKNOWN},
                        property_dependencies={"permissionsBoundary": frozenset({boundary().urn})},
                    )
                ],
            ),
            Case(resource(ROLE, {"assumeRolePolicy": says()})),
        ],
        failing=[
            Case(policy(allow("s3:*")), findings=[f"{ACTION}: s3:* allows a whole service"]),
            Case(policy(allow(["s3:**"])), findings=[f"{ACTION}[0]: s3:** allows a whole service"]),
            Case(policy(allow("*")), findings=[f"{ACTION}: * allows everything"]),
            Case(policy(allow("?*:Get*")), findings=[f"{ACTION}: ?*:Get* allows everything"]),
            Case(
                policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
                findings=["policy.Statement[0].NotAction: allows whatever AWS invents next"],
            ),
            Case(boundary(), findings=[f"{ACTION}[1]: ec2:* allows a whole service"]),
            Case(
                resource(POLICY, {"policy": says(allow("ec2:*"))}),
                [BOUNDED],
                [f"{ACTION}: ec2:* allows a whole service"],
            ),
            Case(
                resource(ROLE, {"inlinePolicies": [{"name": "all", "policy": says(allow("sqs:*"))}]}),
                findings=["inlinePolicies[0].policy.Statement[0].Action: sqs:* allows a whole service"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(resource(ROLE_POLICY, {"role": "reader", "policy": UNKNOWN})),
            Case(resource(ROLE, {"inlinePolicies": UNKNOWN})),
        ],
    ),
    "permissions-name-their-resources": RuleCases(
        passing=[
            Case(policy(allow("s3:GetObject"))),
            Case(policy(allow(["ec2:DescribeInstances", "ecr:GetAuthorizationToken"], "*"))),
            Case(
                policy(
                    allow("ec2:RunInstances", "*", **when(StringEquals={"aws:ResourceTag/owner": "models"}))
                )
            ),
            Case(boundary(), [BOUNDED]),
            Case(policy({"Effect": "Deny", "Action": "s3:*", "NotResource": BUCKET})),
        ],
        failing=[
            Case(
                policy(allow(["s3:PutObject", "s3:GetObject"], "*")),
                findings=[f"{ACTION}[0]: s3:PutObject on *", f"{ACTION}[1]: s3:GetObject on *"],
            ),
            Case(
                policy(allow("s3:GetObject", "arn:aws:s3:::*")),
                findings=[f"{ACTION}: s3:GetObject on arn:aws:s3:::*"],
            ),
            Case(
                policy({"Sid": "It", "Effect": "Allow", "Action": "s3:GetObject", "NotResource": BUCKET}),
                findings=[f"{ACTION}: s3:GetObject on NotResource"],
            ),
            Case(
                policy(allow("kms:Decrypt", KEYS)),
                findings=[f"{ACTION}: kms:Decrypt on arn:aws:kms:eu-central-1:111122223333:key/*"],
            ),
            Case(
                resource(
                    "aws:iam/user:User",
                    {"inlinePolicies": [{"policy": {"Statement": allow("iot:Publish", "*")}}]},
                ),
                findings=["inlinePolicies[0].policy.Statement.Action: iot:Publish on *"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(policy(allow("s3:GetObject", {"a": 1}))),
            Case(resource(POLICY, {"policy": "no json"})),
        ],
    ),
    "roles-have-a-boundary": RuleCases(
        passing=[Case(BOUNDED)],
        failing=[
            Case(resource(ROLE, {"name": "reader"}), findings=["permissionsBoundary: is not set"]),
            Case(
                resource(ROLE, {"name": "reader", "permissionsBoundary": ""}),
                findings=["permissionsBoundary: is not set"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ROLE, {"permissionsBoundary": UNKNOWN}))],
    ),
    "permissions-lie-within-the-boundary": RuleCases(
        passing=[
            Case(policy(allow("s3:GetObject")), [BOUNDED, boundary()]),
            Case(policy(allow("iam:PassRole")), [resource(ROLE, {"name": "reader"})]),
            Case(policy(allow("iam:PassRole")), [BOUNDED]),
            Case(
                policy(allow("iam:PassRole")), [BOUNDED, boundary({"Effect": "Allow", "NotAction": "sts:*"})]
            ),
            Case(
                policy(allow("s3:GetObject")),
                [
                    BOUNDED,
                    boundary(
                        allow("s3:Get*", "*"),
                        allow("s3:Get*", "*", **when(Bool={"aws:SecureTransport": "false"}))
                        | {"Effect": "Deny"},
                    ),
                ],
            ),
            Case(
                attachment("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"),
                [BOUNDED, boundary(allow(["ec2:Describe*", "eks:DescribeCluster", "eks-auth:Assume*"], "*"))],
            ),
            Case(attachment("arn:aws:iam::aws:policy/NobodyWroteThisDown"), [BOUNDED, boundary()]),
        ],
        failing=[
            Case(
                policy(allow(["s3:GetObject", "s3:PutObject"])),
                [BOUNDED, boundary()],
                [f"{ACTION}[1]: s3:PutObject is outside the boundary boundary"],
            ),
            Case(
                policy(allow("s3:*")),
                [BOUNDED, boundary()],
                [f"{ACTION}: s3:* is outside the boundary boundary"],
            ),
            Case(
                policy(allow("s3:GetObject")),
                [BOUNDED, boundary(allow("s3:*", "*"), allow("s3:GetObject", "*") | {"Effect": "Deny"})],
                [f"{ACTION}: s3:GetObject is refused by the boundary boundary"],
            ),
            Case(
                attachment("arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"),
                [BOUNDED, boundary(allow(["ecr:Batch*", "ecr:GetAuthorizationToken"], "*"))],
                ["policyArn: ecr:GetDownloadUrlForLayer is outside the boundary boundary"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(resource(ROLE_POLICY, {"role": UNKNOWN, "policy": says(allow("s3:GetObject"))}), [BOUNDED]),
            Case(
                policy(allow("s3:GetObject")),
                [
                    BOUNDED,
                    resource(POLICY, {"name": "example-dev-boundary", "policy": UNKNOWN}, name="boundary"),
                ],
            ),
        ],
    ),
    "roles-do-not-administer": RuleCases(
        passing=[
            Case(attachment("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")),
            Case(attachment("arn:aws:iam::111122223333:policy/TeamFullAccess")),
            Case(BOUNDED),
        ],
        failing=[
            Case(
                attachment("arn:aws:iam::aws:policy/AdministratorAccess"),
                findings=["policyArn: AdministratorAccess is attached"],
            ),
            Case(
                attachment(
                    "arn:aws:iam::aws:policy/AmazonS3FullAccess", "aws:iam/policyAttachment:PolicyAttachment"
                ),
                findings=["policyArn: AmazonS3FullAccess is attached"],
            ),
            Case(
                resource(
                    ROLE,
                    {
                        "managedPolicyArns": [
                            "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
                            "arn:aws:iam::aws:policy/PowerUserAccess",
                        ]
                    },
                ),
                findings=["managedPolicyArns[1]: PowerUserAccess is attached"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(attachment(UNKNOWN))],
    ),
    "passwords-are-strong": RuleCases(
        passing=[
            Case(resource(PASSWORDS, STRONG)),
            Case(resource(PASSWORDS, STRONG | {"minimumPasswordLength": 20})),
        ],
        failing=[
            Case(
                resource(PASSWORDS, STRONG | {"minimumPasswordLength": 8}),
                findings=["minimumPasswordLength: passwords may be 8 characters long; 14 is the least"],
            ),
            Case(
                resource(PASSWORDS, {"requireNumbers": True, "requireUppercaseCharacters": "true"}),
                findings=[
                    "minimumPasswordLength: passwords may be 6 characters long; 14 is the least",
                    "requireLowercaseCharacters: asks for no lower-case letters",
                    "requireSymbols: asks for no symbols",
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(PASSWORDS, STRONG | {"requireSymbols": UNKNOWN}))],
    ),
    "credentials-expire": RuleCases(
        passing=[
            Case(resource(ACCESS_KEY, {"user": "ci", "status": "Inactive"})),
            Case(resource(USER, {"name": "ci"})),
        ],
        failing=[
            Case(
                resource(USER, {"name": "ci"}),
                [OURS],
                findings=["name: a user's credentials last until somebody remembers them"],
            ),
            Case(
                resource(ACCESS_KEY, {"user": "ci"}),
                findings=["status: an access key works from anywhere, for ever"],
            ),
            Case(
                resource("aws:iam/userLoginProfile:UserLoginProfile", {"user": UNKNOWN}),
                findings=["a user's credentials last until somebody remembers them"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(ACCESS_KEY, {"user": "ci", "status": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
