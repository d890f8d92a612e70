"""Every row of the table is read where the type has it: a wrong value is found, a right one is not."""

import pytest

from facts.service_settings import service_settings
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.aws.service_settings import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

DATABASE = "aws:rds/instance:Instance"
VOLUME = "aws:ebs/volume:Volume"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
DOMAIN = "aws:opensearch/domain:Domain"
DETECTOR = "aws:guardduty/detector:Detector"
CDN = "aws:cloudfront/distribution:Distribution"
POOL = "aws:cognito/identityPool:IdentityPool"
MODEL = "aws:sagemaker/model:Model"
AGENT = "aws:bedrock/agentAgent:AgentAgent"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SERVICE = "aws:lambda/functionUrl:FunctionUrl"
DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
PLAIN = "storageEncrypted: is not true: data lies there in plain text"
OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]

CASES = {
    "stored-data-is-encrypted": RuleCases(
        passing=[
            Case(resource(DATABASE, {"storageEncrypted": True})),
            Case(resource(DATABASE, {"storageEncrypted": "true"})),
            Case(resource(DOMAIN, {"encryptAtRest": {"enabled": True}})),
            Case(resource(DOMAIN, {"encryptAtRest": [{"enabled": "true"}]})),
            Case(resource("aws:redshift/cluster:Cluster", {})),
            Case(resource(VOLUME, {}), [resource(DEFAULT, {"enabled": True})]),
            Case(
                resource("aws:sqs/queue:Queue", {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/a"})
            ),
        ],
        failing=[
            Case(resource(DATABASE, {}), findings=[PLAIN]),
            Case(resource(DATABASE, {"storageEncrypted": "false"}), findings=[PLAIN]),
            Case(
                resource(DOMAIN, {"encryptAtRest": {"enabled": False}}),
                findings=["encryptAtRest.enabled: is not true: data lies there in plain text"],
            ),
            Case(
                resource(VOLUME, {}),
                [resource(DEFAULT, {"enabled": False})],
                ["encrypted: is not true: data lies there in plain text"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(DATABASE, {"storageEncrypted": UNKNOWN}))],
    ),
    "stores-encrypt-on-the-wire": RuleCases(
        passing=[
            Case(resource(CACHE, {"transitEncryptionEnabled": True})),
            Case(resource(PARAMETERS, {"parameters": [{"name": "work_mem", "value": "0"}]})),
        ],
        failing=[
            Case(
                resource(CACHE, {}),
                findings=["transitEncryptionEnabled: is not true: data passes in plain text"],
            ),
            Case(
                resource(
                    PARAMETERS,
                    {"parameters": [{"name": "a", "value": "1"}, {"name": "rds.force_ssl", "value": "0"}]},
                ),
                findings=["parameters[1].value: is 0: callers may leave TLS out"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(CACHE, {"transitEncryptionEnabled": UNKNOWN}))],
    ),
    "stores-are-not-on-the-internet": RuleCases(
        passing=[
            Case(resource(DATABASE, {})),
            Case(resource(DATABASE, {"publiclyAccessible": False})),
            Case(resource("aws:lightsail/database:Database", {})),
        ],
        failing=[
            *(
                Case(
                    resource(type_, {"publiclyAccessible": True}),
                    findings=["publiclyAccessible: is true: it has an address on the internet"],
                )
                for type_ in ("aws:lightsail/database:Database", "aws-native:timestream:InfluxDbInstance")
            ),
            *(
                Case(
                    resource(DATABASE, {"publiclyAccessible": value}),
                    findings=["publiclyAccessible: is true: it has an address on the internet"],
                )
                for value in (True, "true")
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(DATABASE, {"publiclyAccessible": UNKNOWN}))],
    ),
    "stores-can-be-restored": RuleCases(
        passing=[Case(resource(DATABASE, {})), Case(resource(DATABASE, {"backupRetentionPeriod": "7"}))],
        failing=[
            Case(
                resource(DATABASE, {"backupRetentionPeriod": 0}),
                findings=["backupRetentionPeriod: is 0: there is no backup to return to"],
            ),
            Case(
                resource(DATABASE, {"deletionProtection": False}),
                findings=["deletionProtection: is false: one call deletes it"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(resource(DATABASE, {"backupRetentionPeriod": UNKNOWN})),
            Case(resource(DATABASE, {"backupRetentionPeriod": "many"})),
        ],
    ),
    "logging-and-detection-enabled": RuleCases(
        passing=[Case(resource(DETECTOR, {})), Case(resource(DETECTOR, {"enable": True}))],
        failing=[
            Case(
                resource(DETECTOR, {"enable": value}),
                findings=["enable: is false: nobody looks for intruders"],
            )
            for value in (False, "false")
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(DETECTOR, {"enable": UNKNOWN}))],
    ),
    "edges-speak-current-tls": RuleCases(
        passing=[Case(resource(CDN, {"defaultCacheBehavior": {"viewerProtocolPolicy": "https-only"}}))],
        failing=[
            Case(
                resource(
                    CDN,
                    {"origins": [{}, {"customOriginConfig": {"originSslProtocols": ["TLSv1.2", "SSLv3"]}}]},
                ),
                findings=[
                    (
                        "origins[1].customOriginConfig.originSslProtocols[1]: is SSLv3: it fetches with TLS "
                        "before 1.2"
                    )
                ],
            ),
            Case(
                resource(
                    DOMAIN, {"domainEndpointOptions": {"tlsSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}}
                ),
                findings=[
                    (
                        "domainEndpointOptions.tlsSecurityPolicy: is Policy-Min-TLS-1-0-2019-07: it accepts TLS "
                        "before 1.2"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(CDN, {"origins": UNKNOWN})), Case(resource(CDN, {"origins": "no JSON"}))],
    ),
    "endpoints-require-authentication": RuleCases(
        passing=[
            Case(resource(POOL, {"allowUnauthenticatedIdentities": False})),
            Case(resource(SERVICE, {"cors": {"allowOrigins": ["*"]}})),
            Case(resource("aws:elasticache/serverlessCache:ServerlessCache", {"userGroupId": "counters"})),
        ],
        failing=[
            Case(
                resource(POOL, {"allowUnauthenticatedIdentities": True}),
                findings=["allowUnauthenticatedIdentities: is true: whoever asks gets credentials of AWS"],
            ),
            Case(
                resource("aws:elasticache/serverlessCache:ServerlessCache", {"engine": "valkey"}),
                findings=["userGroupId: is not set: whoever connects reads and writes"],
            ),
            Case(
                resource(SERVICE, {"cors": {"allowOrigins": ["*"], "allowCredentials": True}}),
                findings=["cors.allowOrigins[0]: is *: any page calls it as its visitor"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(POOL, {"allowUnauthenticatedIdentities": UNKNOWN}))],
    ),
    "models-are-network-isolated": RuleCases(
        passing=[
            Case(resource(MODEL, {"enableNetworkIsolation": True})),
            Case(resource(MODEL, {"vpcConfig": {"subnets": ["subnet-1"]}})),
        ],
        failing=[
            Case(
                resource(MODEL, {}),
                findings=[
                    (
                        "enableNetworkIsolation: is not true: what is served reaches the internet, with what it "
                        "was asked"
                    )
                ],
            ),
            Case(
                resource(MODEL, {"vpcConfig": {"subnets": ["subnet-1"]}, "enableNetworkIsolation": False}),
                findings=[
                    "enableNetworkIsolation: is false: what is served may call out, with what it was asked"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(MODEL, {"enableNetworkIsolation": UNKNOWN}))],
    ),
    "bedrock-guardrails-attached": RuleCases(
        passing=[Case(resource(AGENT, {"guardrailConfigurations": [{"guardrailIdentifier": "g"}]}))],
        failing=[
            Case(
                resource(AGENT, inputs),
                findings=[
                    f"{place}.guardrailIdentifier: is not set: no guardrail looks at what it is asked and answers"
                ],
            )
            for inputs, place in (
                ({}, "guardrailConfigurations"),
                ({"guardrailConfigurations": []}, "guardrailConfigurations[0]"),
            )
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(AGENT, {"guardrailConfigurations": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)

ROWS = [
    pytest.param(rule, type_, setting, id=f"{rule}-{type_}-{setting.path}")
    for rule, types in service_settings().rules.items()
    for type_, settings in types.items()
    for setting in settings
]


def built(path, value):
    """The properties in which a value stands at a path, written as the provider writes it."""
    *above, last = path.replace("\\.", "\0").split(".")
    said = {last.replace("\0", "."): value} if last != "*" else [value]
    for step in reversed(above):
        said = [said] if step in {"*", "0"} else {step.replace("\x00", "."): said}
    if "parameters" in said:  # a list of named values
        [(name, item)] = said["parameters"].items()
        said = {"parameters": [{"name": name, **item}]}
    return said


def wrong(setting):
    if setting.least is not None:
        return setting.least - 1
    if setting.wants:
        return "something else"
    return "*" if setting.refuses[0] == "[*]" else setting.refuses[0].replace("*", "9") or None


def right(setting):
    if setting.least is not None:
        return setting.least
    return setting.wants[0] if setting.wants else "something else"


def said_of(type_, setting, value, rule):
    inputs = built(setting.path, value)
    if setting.when:
        inputs[setting.when.split(".")[0]] |= built(setting.when, "true")[setting.when.split(".")[0]]
    found = judge(
        Graph([resource(type_.replace("*", "new/kind:Kind"), inputs)]), [r for r in RULES if r.id == rule]
    )
    shown = setting.path.replace(".*", "[0]").replace(".0", "[0]")
    if shown.startswith("parameters."):
        shown = "parameters[0].value"
    return found, [
        f
        for f in found.findings
        if f.path == shown and f.message.startswith(f"{f.path}: is ") and f.message.endswith(setting.means)
    ]


@pytest.mark.parametrize(("rule", "type_", "setting"), ROWS)
def test_every_row_finds_its_wrong_value_and_leaves_the_right_one_alone(rule, type_, setting):
    assert setting.wants or setting.refuses or setting.least is not None
    assert len(said_of(type_, setting, wrong(setting), rule)[1]) == 1
    assert said_of(type_, setting, right(setting), rule)[1] == []
    unknown, findings = said_of(type_, setting, UNKNOWN, rule)
    assert findings == []
    assert unknown.undecided


def test_every_rule_of_the_table_has_a_reason_and_a_fix():
    assert sorted(rule.id for rule in RULES) == sorted(service_settings().rules)
