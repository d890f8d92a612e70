from policies.engine.graph import UNKNOWN
from policies.rules.aws.other_services import (
    FUNCTION_URL,
    INSTANCES,
    LISTENERS,
    NOTEBOOK,
    PERMISSION,
    RULES,
)
from tests.policies.cases import Case, RuleCases, cases_test, resource

DATABASE = "aws:rds/instance:Instance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]
PLAIN = "protocol: listens in plain text, and does not send callers to HTTPS"


def listener(protocol, **inputs):
    return resource(LISTENERS[0], {"protocol": protocol, "defaultActions": [{"type": "forward"}], **inputs})


def permission(principal, **inputs):
    return resource(PERMISSION, {"principal": principal, **inputs})


def instance(**inputs):
    return resource(INSTANCES[0], inputs)


CASES = {
    "database-passwords-not-in-plain-text": RuleCases(
        passing=[
            Case(resource(DATABASE, {"manageMasterUserPassword": True})),
            Case(resource(DATABASE, {"password": "{{resolve:secretsmanager:db:SecretString:password}}"})),
            Case(resource("aws:cognito/userPool:UserPool", {"passwordPolicy": {"minimumLength": 12}})),
            Case(resource(DATABASE, {"password": UNKNOWN}, secret_properties=frozenset({"password"}))),
            Case(
                resource(DATABASE, {"password": "x"}, property_dependencies={"password": frozenset({"urn"})})
            ),
        ],
        failing=[
            Case(resource(DATABASE, {"password": "hunter2"}), findings=["password: stands in plain text"]),
            Case(
                resource("aws:mq/broker:Broker", {"users": [{"username": "a", "password": "hunter2"}]}),
                findings=["users[0].password: stands in plain text"],
            ),
            Case(
                resource("aws-native:timestream:InfluxDbInstance", {"password": "hunter2"}),
                findings=["password: stands in plain text"],
            ),
            Case(resource(CACHE, {"authToken": "hunter2"}), findings=["authToken: stands in plain text"]),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(DATABASE, {"password": UNKNOWN}))],
    ),
    "load-balancers-encrypt": RuleCases(
        passing=[
            Case(listener("HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")),
            Case(listener("HTTP", defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS"}}])),
            Case(listener("TCP")),
            Case(
                resource(
                    LISTENERS[0], {"loadBalancerArn": "gateway", "defaultActions": [{"type": "forward"}]}
                )
            ),
        ],
        failing=[
            Case(listener("HTTP"), findings=[PLAIN]),
            Case(listener(None, port=80), findings=[PLAIN]),
            Case(
                listener("HTTPS"),
                findings=["sslPolicy: is not set: ELBSecurityPolicy-2016-08 accepts TLS before 1.2"],
            ),
            Case(
                listener("TLS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
                findings=["sslPolicy: ELBSecurityPolicy-TLS13-1-0-2021-06 accepts TLS before 1.2"],
            ),
            Case(
                listener("HTTPS", sslPolicy="ELBSecurityPolicy-TLS-1-1-2017-01"),
                findings=["sslPolicy: ELBSecurityPolicy-TLS-1-1-2017-01 accepts TLS before 1.2"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(listener(UNKNOWN))],
    ),
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
    "ec2-requires-imdsv2": RuleCases(
        passing=[
            Case(instance(metadataOptions={"httpTokens": "required"})),
            Case(instance(metadataOptions=[{"httpEndpoint": "disabled"}])),
            Case(instance(launchTemplate={"id": "lt-1"})),
        ],
        failing=[
            Case(
                instance(**inputs),
                findings=[
                    "metadataOptions.httpTokens: is not required: one forged request reads its credentials"
                ],
            )
            for inputs in ({}, {"metadataOptions": {"httpTokens": "optional"}})
        ],
        not_applicable=OTHER,
        undecided=[Case(instance(metadataOptions=UNKNOWN))],
    ),
    "notebooks-stay-inside": RuleCases(
        passing=[Case(resource(NOTEBOOK, {"directInternetAccess": "Disabled", "rootAccess": "Disabled"}))],
        failing=[
            Case(
                resource(NOTEBOOK, {"rootAccess": "Disabled"}),
                findings=[
                    (
                        "directInternetAccess: is on: the notebook reaches the internet past every rule of the "
                        "network"
                    )
                ],
            ),
            Case(
                resource(NOTEBOOK, {"directInternetAccess": "Disabled"}),
                findings=["rootAccess: is on: whoever opens the notebook is root"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(NOTEBOOK, {"directInternetAccess": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
