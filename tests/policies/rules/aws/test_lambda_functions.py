from policies.engine.graph import UNKNOWN
from policies.rules.aws.lambda_functions import FUNCTION_URL, PERMISSION, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]


def permission(principal, **inputs):
    return resource(PERMISSION, {"principal": principal, **inputs})


CASES = {
    "lambda-urls-require-authentication": RuleCases(
        passing=[Case(resource(FUNCTION_URL, {"authorizationType": "AWS_IAM"}))],
        failing=[
            Case(
                resource(FUNCTION_URL, {"authorizationType": "NONE", **more}),
                findings=["authorizationType: NONE: whoever knows the address calls it"],
            )
            for more in ({}, {"cors": {"allowOrigins": ["https://a.example.com"]}})
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(FUNCTION_URL, {"authorizationType": UNKNOWN}))],
    ),
    "lambda-permissions-name-callers": RuleCases(
        passing=[
            Case(permission("s3.amazonaws.com", sourceAccount="111122223333")),
            Case(permission("*", principalOrgId="o-abc")),
            Case(permission("111122223333")),
        ],
        failing=[
            Case(permission("*"), findings=["principal: anybody in any account may call it"]),
            Case(
                permission("s3.amazonaws.com"),
                findings=[
                    (
                        "sourceAccount: is not set, nor is sourceArn: s3.amazonaws.com may call it on behalf of "
                        "any account"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(permission(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
