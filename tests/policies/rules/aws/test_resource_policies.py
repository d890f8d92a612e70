import json

import pytest

from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.aws.resource_policies import (
    EVENT_PERMISSION,
    LAUNCH_PERMISSION,
    LAYER_PERMISSION,
    POLICIES,
    RULES,
    SNAPSHOTS,
)
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))
CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/example-dev"
OURS = "arn:aws:iam::111122223333"
THEIRS = "arn:aws:iam::444455556666"
DOMAIN = "aws:opensearch/domain:Domain"
DOMAIN_POLICY = "aws:opensearch/domainPolicy:DomainPolicy"
EVERYBODY = "everybody, in any account, is let in"
HERE = resource("aws:sns/topic:Topic", {}, name="here", id="arn:aws:sns:eu-central-1:111122223333:here")
LAYER = {"layerName": "arn:aws:lambda:eu-central-1:111122223333:layer:a", "principal": "*"}


def says(**overrides):
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": "*",
    } | overrides
    return {key: value for key, value in statement.items() if value is not None}


def queue(*statements):
    return resource("aws:sqs/queuePolicy:QueuePolicy", {"policy": {"Statement": list(statements)}})


def where(operator, key, value):
    return {"Condition": {operator: {key: value}}}


def domain(**inputs):
    policy = json.dumps({"Statement": [says(Action="es:*")]})
    return resource(DOMAIN, {"domainName": "logs", "accessPolicies": policy} | inputs, id="logs")


def theirs(**overrides):
    return queue(says(Principal={"AWS": f"{THEIRS}:root"}) | overrides)


def delivered(**overrides):
    return says(Principal={"Service": "s3.amazonaws.com"}) | overrides


KEY = "aws:kms/key:Key"
TRAILS = {"Service": "cloudtrail.amazonaws.com"}
FOR_ANYBODY = "policy.Statement[0].Principal.Service: s3.amazonaws.com does it for any account"
ENCRYPTED_FOR_ONE = where(
    "StringLike", "kms:EncryptionContext:aws:cloudtrail:arn", "arn:aws:cloudtrail:*:111122223333:trail/*"
)
IN_A_NETWORK = {"vpcOptions": {"subnetIds": ["subnet-1"]}}
REFUSED = says(Effect="Deny", Action="*", **where("StringNotEquals", "aws:PrincipalOrgID", "o-example"))

CASES = {
    "resource-policies-name-their-principals": RuleCases(
        passing=[
            Case(queue(says(Principal={"Service": "events.amazonaws.com"}))),
            Case(queue(says(**where("ArnEquals", "aws:SourceArn", CLUSTER)))),
            Case(queue(says(**where("StringEquals", "AWS:SourceOwner", "111122223333")))),
            Case(queue(says(**where("Bool", "elasticfilesystem:AccessedViaMountTarget", "true")))),
            Case(queue(says(), REFUSED)),
            Case(queue(says(Effect="Deny"))),
            Case(domain(**IN_A_NETWORK)),
            Case(domain(advancedSecurityOptions={"enabled": True})),
            Case(
                resource(DOMAIN_POLICY, {"domainName": "logs", "accessPolicies": {"Statement": says()}}),
                [domain(**IN_A_NETWORK)],
            ),
            Case(resource("aws:sqs/queue:Queue", {"name": "q"})),
            Case(resource("aws:glacier/vault:Vault", {"name": "v"})),
        ],
        failing=[
            Case(
                queue(says()),
                findings=["policy.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(Principal={"AWS": "arn:aws:iam::*:root"})),
                findings=["policy.Statement[0].Principal.AWS: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(Principal={"AWS": ["*", f"{OURS}:root"]})),
                findings=["policy.Statement[0].Principal.AWS[0]: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(**where("StringLike", "aws:PrincipalArn", "*"))),
                findings=["policy.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(**where("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"))),
                findings=["policy.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(**where("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-1/r-1/"))),
                findings=["policy.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(**where("IpAddress", "aws:SourceIp", "0.0.0.0/0"))),
                findings=["policy.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(Effect="Deny"), says(Sid="Open", Principal={"AWS": "*"})),
                findings=["policy.Statement[1].Principal.AWS: everybody, in any account, is let in"],
            ),
            Case(
                queue(says(Principal=None, NotPrincipal={"AWS": f"{THEIRS}:root"})),
                findings=["policy.Statement[0].NotPrincipal: everybody, in any account, is let in"],
            ),
            Case(
                domain(),
                findings=["accessPolicies.Statement[0].Principal: everybody, in any account, is let in"],
            ),
            Case(
                resource(DOMAIN_POLICY, {"domainName": "logs", "accessPolicies": {"Statement": says()}}),
                [domain()],
                ["accessPolicies.Statement.Principal: everybody, in any account, is let in"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource("aws:sqs/queuePolicy:QueuePolicy", {"policy": UNKNOWN}))],
    ),
    "resource-policies-limit-accounts": RuleCases(
        passing=[
            Case(queue(says(Principal={"AWS": f"{OURS}:root"})), [HERE]),
            Case(queue(says(Principal={"AWS": f"{THEIRS}:role/reader"})), [HERE]),
            Case(theirs(**where("StringEquals", "aws:PrincipalOrgID", "o-example")), [HERE]),
            Case(queue(says(Principal={"AWS": "444455556666"}), REFUSED), [HERE]),
            Case(theirs(Effect="Deny"), [HERE]),
            Case(theirs(Action=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]), [HERE]),
            Case(theirs(Action="S3:PutObject"), [HERE]),
            Case(theirs()),  # whose stack it is cannot be told
            Case(resource("aws:sqs/queue:Queue", {"name": "q"}), [HERE]),
        ],
        failing=[
            Case(
                theirs(),
                [HERE],
                ["policy.Statement[0].Principal.AWS: whoever account 444455556666 chooses is let in"],
            ),
            Case(
                queue(says(Principal={"AWS": ["444455556666", f"{OURS}:root"]})),
                [HERE],
                ["policy.Statement[0].Principal.AWS[0]: whoever account 444455556666 chooses is let in"],
            ),
            Case(
                theirs(Action=["ecr:BatchGetImage", "ecr:PutImage"]),
                [HERE],
                ["policy.Statement[0].Principal.AWS: whoever account 444455556666 chooses is let in"],
            ),
            Case(
                theirs(Action=None, NotAction="s3:GetObject"),
                [HERE],
                ["policy.Statement[0].Principal.AWS: whoever account 444455556666 chooses is let in"],
            ),
            Case(
                theirs(**where("StringLike", "aws:PrincipalOrgID", "*")),
                [HERE],
                ["policy.Statement[0].Principal.AWS: whoever account 444455556666 chooses is let in"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource("aws:sqs/queuePolicy:QueuePolicy", {"policy": UNKNOWN}), [HERE])],
    ),
    "confused-deputy-source-account-set": RuleCases(
        passing=[
            Case(queue(delivered(**where("StringEquals", "aws:SourceAccount", "111122223333")))),
            Case(queue(delivered(**where("ArnLike", "aws:SourceArn", "arn:aws:s3:::mine")))),
            Case(queue(delivered(Principal={"Service": "lambda.amazonaws.com"}))),
            Case(queue(delivered(Action=["s3:GetBucketAcl"]))),
            Case(queue(delivered(Effect="Deny"))),
            Case(
                resource(
                    "aws:s3/bucketPolicy:BucketPolicy",
                    {"policy": {"Statement": [delivered(Resource="arn:aws:s3:::b/AWSLogs/111122223333/*")]}},
                )
            ),
            Case(resource(KEY, {"policy": {"Statement": delivered(Principal=TRAILS, **ENCRYPTED_FOR_ONE)}})),
            Case(resource(KEY, {"policy": {"Statement": [delivered()]}})),
        ],
        failing=[
            Case(queue(delivered()), findings=[FOR_ANYBODY]),
            Case(
                queue(delivered(**where("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*"))),
                findings=[FOR_ANYBODY],
            ),
            Case(
                queue(delivered(**where("StringEqualsIfExists", "aws:SourceAccount", "111122223333"))),
                findings=[FOR_ANYBODY],
            ),
            Case(
                resource(KEY, {"policy": {"Statement": [delivered(Principal=TRAILS)]}}),
                findings=[
                    "policy.Statement[0].Principal.Service: cloudtrail.amazonaws.com does it for any account"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(queue(delivered(Principal=UNKNOWN)))],
    ),
    "snapshots-not-public": RuleCases(
        passing=[
            Case(resource(LAYER_PERMISSION, LAYER | {"organizationId": "o-example"})),
            Case(resource(LAYER_PERMISSION, LAYER | {"principal": "444455556666"})),
            Case(resource(EVENT_PERMISSION, {"principal": "444455556666", "statementId": "a"})),
            Case(resource(LAUNCH_PERMISSION, {"imageId": "ami-1", "accountId": "444455556666"})),
            Case(resource(SNAPSHOTS[0], {"dbSnapshotIdentifier": "a"})),
        ],
        failing=[
            Case(resource(LAYER_PERMISSION, LAYER), [], ["principal: *: everybody, in any account"]),
            Case(
                resource(LAUNCH_PERMISSION, {"imageId": "ami-1", "group": "all"}),
                [],
                ["group: all: everybody, in any account"],
            ),
            Case(
                resource(SNAPSHOTS[1], {"sharedAccounts": ["444455556666", "all"]}),
                [],
                ["sharedAccounts: all: everybody, in any account"],
            ),
            Case(
                resource(EVENT_PERMISSION, {"principal": "*", "statementId": "a"}),
                [],
                ["principal: *: everybody, in any account"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(LAYER_PERMISSION, LAYER | {"principal": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)


def within(path, value):
    """Inputs that hold a value at a dotted path."""
    head, _, rest = path.partition(".")
    return {head: within(rest, value) if rest else value}


def test_one_statement_may_stand_where_others_have_a_document():
    bus = resource("aws-native:events:EventBusPolicy", {"statement": says()})
    assert [f.message for f in judge(Graph([bus]), RULES).findings] == [f"statement.Principal: {EVERYBODY}"]


@pytest.mark.parametrize("type_", POLICIES)
def test_every_kind_of_policy_is_read(type_):
    open_, named = ({"Statement": says(Principal=p)} for p in ("*", {"AWS": f"{OURS}:role/reader"}))
    place = f"{POLICIES[type_]}.Statement.Principal"
    for policy, expected in ((open_, [place]), (named, []), (json.dumps(open_), [place])):
        said = judge(Graph([resource(type_, within(POLICIES[type_], policy)), HERE]), RULES)
        assert (said.faults, said.undecided) == ((), ())
        assert [(f.path, f.message) for f in said.findings] == [(p, f"{p}: {EVERYBODY}") for p in expected]
