import json

from policies.engine.graph import UNKNOWN
from policies.rules.platform.boundaries import ADOPTED, PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

ARN = "arn:aws:iam::111122223333:policy/teams"
WORK = {"Effect": "Allow", "Action": ["ec2:*", "s3:GetObject"], "Resource": "*"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NEVER = {
    "Effect": "Deny",
    "Action": ["iam:*Polic*", "iam:*Boundary", "iam:Create*", "cloudtrail:*", "kms:*Key*", "s3:*Bucket*"],
    "Resource": "*",
}
REST = {
    "Effect": "Deny",
    "Action": ["iam:UpdateAssumeRolePolicy", "s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"],
    "Resource": "*",
}
WITHOUT_IT = {
    "Effect": "Deny",
    "Action": "iam:CreateRole",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": ARN}},
}
MAKES = {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*"}
ONLY_WITH = MAKES | {"Condition": {"StringEquals": {"iam:PermissionsBoundary": ARN}}}
OTHER = WITHOUT_IT | {"Condition": {"StringNotEquals": {"iam:PermissionsBoundary": f"{ARN}-wide"}}}
LIFT = "a role of the platform may widen or lift a boundary"
FREE = (
    "policy: allows iam:CreateRole without a condition on iam:PermissionsBoundary: roles may go without it; "
    f"StringNotEquals {ARN} in a Deny"
)


def boundary(*said):
    document = json.dumps({"Version": "2012-10-17", "Statement": list(said)})
    return resource(ADOPTED, {"arn": ARN, "policy": document}, custom=False)


def allow(action, on="*"):
    return {"Effect": "Allow", "Action": action, "Resource": on}


CASES = {
    "adopted-boundaries-refuse-what-ours-does": RuleCases(
        passing=[
            Case(boundary(WORK)),
            Case(boundary(ALL, NEVER, REST)),
            Case(boundary(WORK, MAKES, WITHOUT_IT)),
            Case(boundary(WORK, ONLY_WITH)),
        ],
        failing=[
            Case(
                boundary(WORK, allow(["iam:PutRolePermissionsBoundary", "iam:CreatePolicyVersion"])),
                findings=[
                    f"policy: allows iam:CreatePolicyVersion, iam:PutRolePermissionsBoundary: {LIFT}",
                ],
            ),
            Case(
                boundary(
                    WORK, allow("kms:ScheduleKeyDeletion", "arn:aws:kms:eu-central-1:111122223333:key/x")
                ),
                findings=[
                    "policy: allows kms:ScheduleKeyDeletion: a role of the platform may take keys away",
                ],
            ),
            Case(
                # A refusal of some requests, or on some resources, leaves the others.
                boundary(
                    WORK,
                    allow("cloudtrail:StopLogging"),
                    {
                        "Effect": "Deny",
                        "Action": "cloudtrail:*",
                        "Resource": "arn:aws:cloudtrail:*:*:trail/a",
                    },
                ),
                findings=[
                    "policy: allows cloudtrail:StopLogging: a role of the platform may end the record of what it does",
                ],
            ),
            Case(boundary(WORK, MAKES), findings=[FREE]),
            Case(boundary(WORK, MAKES, OTHER), findings=[FREE]),
            Case(boundary(WORK, MAKES, ONLY_WITH), findings=[FREE]),
        ],
        not_applicable=[Case(resource("aws:iam/policy:Policy", {"policy": "{}"}))],
        undecided=[Case(resource(ADOPTED, {"arn": ARN, "policy": UNKNOWN}, custom=False))],
    ),
}
test_cases = cases_test(PLATFORM, CASES)
