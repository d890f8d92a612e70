import json

from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.aws.s3_buckets import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_ON = dict.fromkeys(BLOCKS, True)
OTHER = Case(resource("aws:s3/bucketObject:BucketObject", {"bucket": "models"}))
BUCKET_URN = resource("aws:s3/bucket:Bucket", {}).urn


def bucket(**inputs):
    return resource("aws:s3/bucket:Bucket", {"bucket": "models", **inputs})


def part(kind, **inputs):
    class_ = kind[0].upper() + kind[1:]
    return resource(f"aws:s3/{kind}:{class_}", {"bucket": "models", **inputs}, name=kind)


def lost(kind, **inputs):
    """A part that may belong to any bucket: what it points at is unknown."""
    return part(kind, **(inputs | {"bucket": UNKNOWN}))


def encrypted(**by_default):
    rule = {"applyServerSideEncryptionByDefault": by_default}
    return part("bucketServerSideEncryptionConfiguration", rules=[rule])


def policy(*statements):
    return part("bucketPolicy", policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def no_http(**overrides):
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::models", "arn:aws:s3:::models/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | overrides


UNDECLARED = (
    "publicAccessBlockConfiguration: is not declared: the block that S3 sets on new buckets "
    "can be switched off unseen"
)
S3_KEYS = (
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm: "
    "is under keys of S3: nobody here can revoke them or see their use"
)
NO_VERSIONS = "versioning: is off: overwrites and deletions cannot be taken back"
ONE = {"aws:PrincipalAccount": "444455556666"}
NO_LOG = "logging.targetBucket: is not set: no server access log"
PLAIN = "policy: no policy refuses plain HTTP"
TAKES_LOGS = part("bucketLogging", bucket="payloads", targetBucket="models")

CASES = {
    "buckets-block-public-access": RuleCases(
        passing=[
            Case(bucket(), [part("bucketPublicAccessBlock", **ALL_ON)]),
            Case(
                bucket(),
                [
                    resource(
                        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", ALL_ON, name="account"
                    )
                ],
            ),
            Case(
                bucket(),
                [
                    part("bucketPublicAccessBlock", blockPublicAcls=True, ignorePublicAcls=True),
                    resource(
                        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                        {"blockPublicPolicy": True, "restrictPublicBuckets": True},
                        name="account",
                    ),
                ],
            ),
        ],
        failing=[
            Case(bucket(), findings=[UNDECLARED]),
            Case(
                bucket(),
                [part("bucketPublicAccessBlock", **(ALL_ON | {"blockPublicPolicy": False}))],
                ["publicAccessBlockConfiguration.blockPublicPolicy: is off"],
            ),
            Case(
                bucket(),
                [part("bucketPublicAccessBlock", blockPublicAcls=True, ignorePublicAcls=True)],
                [
                    "publicAccessBlockConfiguration.blockPublicPolicy: is off",
                    "publicAccessBlockConfiguration.restrictPublicBuckets: is off",
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(bucket(), [lost("bucketPublicAccessBlock", **ALL_ON)])],
    ),
    "buckets-have-no-access-lists": RuleCases(
        passing=[
            Case(bucket()),
            Case(bucket(acl="private")),
            Case(
                bucket(), [part("bucketOwnershipControls", rule={"objectOwnership": "BucketOwnerEnforced"})]
            ),
            Case(
                bucket(), [part("bucketOwnershipControls", rule=[{"objectOwnership": "BucketOwnerEnforced"}])]
            ),
            Case(
                bucket(), [part("bucketOwnershipControls", rule={"objectOwnership": "BucketOwnerPreferred"})]
            ),
        ],
        failing=[
            Case(bucket(acl="public-read"), findings=["acl: public-read lets strangers in"]),
            Case(bucket(acl="authenticated-read"), findings=["acl: authenticated-read lets strangers in"]),
            Case(
                bucket(),
                [part("bucketOwnershipControls", rule={"objectOwnership": "ObjectWriter"}), OURS],
                [
                    "ownershipControls.rule.objectOwnership: ObjectWriter: access lists may open single objects"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(bucket(acl=UNKNOWN))],
    ),
    "buckets-use-cmk": RuleCases(
        passing=[
            Case(bucket(), [encrypted(sseAlgorithm="aws:kms", kmsMasterKeyId=KEY)]),
            Case(bucket(), [encrypted(sseAlgorithm="aws:kms:dsse", kmsMasterKeyId="alias/ours")]),
            Case(
                bucket(
                    serverSideEncryptionConfiguration={
                        "rule": {
                            "applyServerSideEncryptionByDefault": {
                                "sseAlgorithm": "aws:kms",
                                "kmsMasterKeyId": KEY,
                            }
                        }
                    }
                )
            ),
            Case(bucket(), [encrypted(sseAlgorithm="AES256"), TAKES_LOGS]),
            Case(bucket(), [encrypted(sseAlgorithm="AES256")]),
            Case(bucket(), [encrypted(sseAlgorithm="aws:kms")]),
        ],
        failing=[
            Case(bucket(), findings=[S3_KEYS]),
            Case(bucket(), [encrypted(sseAlgorithm="AES256"), OURS], [S3_KEYS]),
            Case(
                bucket(),
                [encrypted(sseAlgorithm="aws:kms"), OURS],
                [
                    (
                        "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId: "
                        "is under aws/s3, a key whose policy nobody can change"
                    )
                ],
            ),
            Case(
                bucket(),
                [encrypted(sseAlgorithm="aws:kms", kmsMasterKeyId="alias/aws/s3"), OURS],
                [
                    (
                        "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId: "
                        "is under aws/s3, a key whose policy nobody can change"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(bucket(), [encrypted(sseAlgorithm="aws:kms", kmsMasterKeyId=UNKNOWN)]),
            Case(bucket(), [encrypted(sseAlgorithm=UNKNOWN)]),
        ],
    ),
    "buckets-refuse-plain-transport": RuleCases(
        passing=[
            Case(bucket(), [policy(no_http())]),
            Case(bucket(), [policy(no_http(Principal={"AWS": ["*"]}, Action=["s3:*"], Resource="*"))]),
            Case(bucket(), [policy(no_http(Condition={"BoolIfExists": {"aws:securetransport": False}}))]),
            Case(bucket(policy={"Statement": no_http()})),
        ],
        failing=[
            Case(bucket(), findings=[PLAIN]),
            Case(bucket(), [policy(no_http(Effect="Allow"))], [PLAIN]),
            Case(bucket(), [policy(no_http(Principal={"AWS": "111122223333"}))], [PLAIN]),
            Case(bucket(), [policy(no_http(Action="s3:GetObject"))], [PLAIN]),
            Case(bucket(), [policy(no_http(Resource="arn:aws:s3:::models"))], [PLAIN]),
            Case(bucket(), [policy(no_http(Condition={"Bool": {"aws:SecureTransport": "true"}}))], [PLAIN]),
            Case(bucket(), [policy(no_http(Condition={"Null": {"aws:SecureTransport": "false"}}))], [PLAIN]),
            Case(
                bucket(),
                [policy(no_http(Condition={"Bool": {"aws:SecureTransport": "false"}, "StringEquals": ONE}))],
                [PLAIN],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(bucket(), [part("bucketPolicy", policy=UNKNOWN)]),
            Case(bucket(), [lost("bucketPolicy")]),
        ],
    ),
    "buckets-keep-versions": RuleCases(
        passing=[
            Case(bucket(), [part("bucketVersioning", versioningConfiguration={"status": "Enabled"})]),
            Case(bucket(versioning={"enabled": True})),
            Case(bucket(objectLockEnabled=True)),
        ],
        failing=[
            Case(bucket(), findings=[NO_VERSIONS]),
            Case(
                bucket(),
                [part("bucketVersioning", versioningConfiguration={"status": "Suspended"})],
                [NO_VERSIONS],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(bucket(), [part("bucketVersioning", versioningConfiguration={"status": UNKNOWN})])],
    ),
    "buckets-log-access": RuleCases(
        passing=[
            Case(bucket(), [part("bucketLogging", targetBucket="logs")]),
            Case(bucket(loggings=[{"targetBucket": "logs"}])),
            Case(bucket(), [TAKES_LOGS]),
            Case(
                bucket(), [resource("aws:cloudtrail/trail:Trail", {"s3BucketName": "models"}, name="trail")]
            ),
            Case(
                bucket(),
                [
                    policy(
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "logging.s3.amazonaws.com"},
                            "Action": "s3:PutObject",
                            "Resource": "arn:aws:s3:::models/*",
                        }
                    )
                ],
            ),
        ],
        failing=[
            Case(bucket(), findings=[NO_LOG]),
            Case(bucket(), [policy(no_http(Principal={"Service": "logging.s3.amazonaws.com"}))], [NO_LOG]),
            Case(bucket(), [policy(no_http(Effect="Allow", Principal={"AWS": "111122223333"}))], [NO_LOG]),
            Case(bucket(), [part("bucketLogging", bucket="payloads", targetBucket="logs")], [NO_LOG]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(bucket(), [part("bucketLogging", targetBucket=UNKNOWN)])],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)


def test_a_part_belongs_to_the_bucket_it_depends_on_even_when_its_value_is_unknown():
    """As in an engine's preview, where a new bucket's id is not known yet."""
    block = resource(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": UNKNOWN, **ALL_ON},
        name="block",
        property_dependencies={"bucket": frozenset({BUCKET_URN})},
    )
    said = judge(Graph([bucket(), block]), [RULES[0]])

    assert (said.findings, said.undecided) == ((), ())
