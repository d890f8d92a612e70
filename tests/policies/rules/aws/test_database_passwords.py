from policies.engine.graph import UNKNOWN
from policies.rules.aws.database_passwords import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

DATABASE = "aws:rds/instance:Instance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]


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
}

test_cases = cases_test(RULES, CASES)
