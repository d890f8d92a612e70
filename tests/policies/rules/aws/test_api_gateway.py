from policies.engine.graph import UNKNOWN
from policies.rules.aws.api_gateway import API, METHOD, ROUTE, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]
SOCKET = resource(API, {"protocolType": "WEBSOCKET"}, id="api-1")


def method(**inputs):
    return resource(METHOD, {"httpMethod": "POST", **inputs})


def route(key, **inputs):
    return resource(ROUTE, {"apiId": "api-1", "routeKey": key, **inputs})


CASES = {
    "api-methods-authenticate": RuleCases(
        passing=[
            Case(method(authorization="AWS_IAM")),
            Case(method(authorization="NONE", apiKeyRequired=True)),
            Case(resource(METHOD, {"httpMethod": "OPTIONS", "authorization": "NONE"})),
        ],
        failing=[
            Case(
                method(**inputs),
                findings=[
                    "authorization: whoever finds the address calls POST; AWS_IAM, COGNITO_USER_POOLS or CUSTOM"
                ],
            )
            for inputs in ({"authorization": "NONE"}, {})
        ],
        not_applicable=OTHER,
        undecided=[Case(method(authorization=UNKNOWN))],
    ),
    "api-routes-authenticate": RuleCases(
        passing=[
            Case(route("POST /predict", authorizationType="JWT", authorizerId="a")),
            Case(route("OPTIONS /predict")),
            Case(route("sendmessage"), [SOCKET]),
        ],
        failing=[
            Case(
                route(key),
                others,
                [f"authorizationType: whoever finds the address calls {key}; AWS_IAM, JWT or CUSTOM"],
            )
            for key, others in (("POST /predict", []), ("$default", []), ("$connect", [SOCKET]))
        ],
        not_applicable=OTHER,
        undecided=[Case(route("POST /predict", authorizationType=UNKNOWN))],
    ),
}

test_rules = cases_test(RULES, CASES)
