from policies.engine.graph import UNKNOWN
from policies.rules.aws.cloudtrail import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

TRAIL = "aws:cloudtrail/trail:Trail"
OTHER = Case(resource("aws:s3/bucketObject:BucketObject", {"bucket": "models"}))
GOOD = {
    "isMultiRegionTrail": True,
    "enableLogFileValidation": True,
    "kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    "s3BucketName": "logs",
}
MANAGEMENT = {"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}
FUNCTIONS = {
    "fieldSelectors": [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::Lambda::Function"]},
    ]
}
UNSEEN = "bucket: no trail records who touches its objects"


def trail(**overrides):
    return resource(TRAIL, GOOD | overrides, name="trail")


def bucket(name="example-models"):
    return resource("aws:s3/bucket:Bucket", {"bucket": name} if name else {}, name="models")


def objects(*more, starts=("arn:aws:s3:::example-models/",), **others):
    """A trail with an advanced selector of S3 objects."""
    tests = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        *([{"field": "resources.ARN", "startsWiths": list(starts)}] if starts else []),
        *more,
    ]
    return trail(advancedEventSelectors=[{"fieldSelectors": tests}], **others)


def basic(*values, **overrides):
    selector = {"dataResources": [{"type": "AWS::S3::Object", "values": list(values)}]}
    return trail(eventSelectors=[selector | overrides])


POLICY = resource("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "logs"}, name="policy")
LOGS = resource("aws:s3/bucket:Bucket", {"bucket": "logs"}, name="logs")
WAITS = (
    "s3BucketName: the trail does not wait for the policy of logs, without which CloudTrail "
    "may not write there"
)

CASES = {
    "cloudtrail-multi-region-enabled": RuleCases(
        passing=[
            Case(trail()),
            Case(trail(advancedEventSelectors=[MANAGEMENT])),
            Case(trail(eventSelectors=[{"readWriteType": "All", "includeManagementEvents": True}])),
            Case(trail(enableLogging=True, includeGlobalServiceEvents=True)),
        ],
        failing=[
            Case(trail(enableLogging=False), findings=["enableLogging: is off: nothing is recorded"]),
            Case(
                trail(isMultiRegionTrail=None),
                findings=["isMultiRegionTrail: is off: another region is where nobody looks"],
            ),
            Case(
                trail(includeGlobalServiceEvents=False),
                findings=[
                    "includeGlobalServiceEvents: is off: changes of roles and policies are not recorded"
                ],
            ),
            Case(
                objects(),
                findings=[
                    "advancedEventSelectors: management events are not recorded, or only a part of them"
                ],
            ),
            Case(
                trail(eventSelectors=[{"readWriteType": "WriteOnly"}]),
                findings=["eventSelectors: management events are not recorded, or only a part of them"],
            ),
            Case(
                trail(eventSelectors=[{"includeManagementEvents": False}]),
                findings=["eventSelectors: management events are not recorded, or only a part of them"],
            ),
            Case(
                trail(
                    advancedEventSelectors=[
                        {
                            "fieldSelectors": [
                                {"field": "eventCategory", "equals": ["Management"]},
                                {"field": "readOnly", "equals": ["false"]},
                            ]
                        }
                    ]
                ),
                findings=[
                    "advancedEventSelectors: management events are not recorded, or only a part of them"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(trail(isMultiRegionTrail=UNKNOWN)), Case(trail(eventSelectors=UNKNOWN))],
    ),
    "cloudtrail-log-validation-and-kms": RuleCases(
        passing=[Case(trail())],
        failing=[
            Case(
                trail(enableLogFileValidation=False),
                findings=["enableLogFileValidation: is off: an edited or missing log file cannot be told"],
            ),
            Case(
                trail(kmsKeyId=None),
                findings=["kmsKeyId: is not set: whoever reads the bucket reads the trail"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(trail(kmsKeyId=UNKNOWN))],
    ),
    "trails-wait-for-their-bucket-policy": RuleCases(
        passing=[
            Case(resource(TRAIL, GOOD, dependencies=frozenset({POLICY.urn})), [LOGS, POLICY]),
            Case(trail(), [LOGS]),
            Case(trail(s3BucketName="logs-of-another-account"), [LOGS, POLICY]),
        ],
        failing=[
            Case(trail(), [LOGS, POLICY], [WAITS]),
            Case(resource(TRAIL, GOOD, dependencies=frozenset({LOGS.urn})), [LOGS, POLICY], [WAITS]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(trail(s3BucketName=UNKNOWN), [LOGS, POLICY])],
    ),
    "models-and-payloads-are-on-the-trail": RuleCases(
        passing=[
            Case(bucket(), [objects()]),
            Case(bucket(), [objects({"field": "readOnly", "equals": ["false"]})]),
            Case(bucket(), [objects(starts=())]),
            Case(bucket(), [objects(starts=("arn:aws:s3:::example-",))]),
            Case(bucket(""), [objects(starts=())]),
            Case(bucket(), [basic("arn:aws:s3:::example-models/")]),
            Case(bucket(), [basic("arn:aws:s3")]),
            Case(bucket("example-artifacts"), [trail()]),
            Case(bucket("example-model-logs"), [trail(s3BucketName="example-model-logs")]),
        ],
        failing=[
            Case(bucket(), [], [UNSEEN]),
            Case(bucket("payload-store"), [trail()], [UNSEEN]),
            Case(bucket(), [objects(starts=("arn:aws:s3:::example-models/public/",))], [UNSEEN]),
            Case(bucket(), [objects(starts=("arn:aws:s3:::other/",))], [UNSEEN]),
            Case(bucket(), [objects({"field": "readOnly", "equals": ["true"]})], [UNSEEN]),
            Case(bucket(), [objects({"field": "eventName", "equals": ["GetObject"]})], [UNSEEN]),
            Case(bucket(), [basic("arn:aws:s3:::example-models/", readWriteType="ReadOnly")], [UNSEEN]),
            Case(bucket(), [trail(advancedEventSelectors=[MANAGEMENT])], [UNSEEN]),
            Case(bucket(), [trail(advancedEventSelectors=[FUNCTIONS])], [UNSEEN]),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(bucket(""), [objects()]),
            Case(bucket(), [objects(starts=(UNKNOWN,))]),
        ],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
