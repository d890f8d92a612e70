from policies.analysis.storage.bucket_parts import ACCOUNT_BLOCK, BLOCKS, BUCKET, BUCKETS
from policies.engine.graph import UNKNOWN
from policies.rules.aws.s3_acls import BLOCK, CORS, LISTS, OBJECTS, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

GROUPS = "http://acs.amazonaws.com/groups"
WHOLE = dict.fromkeys(BLOCKS, True)
HERE = resource(BUCKET, {"bucket": "here"}, name="here")


def listed(uri):
    return {
        "accessControlPolicy": {"grants": [{"grantee": {"type": "Group", "uri": uri}, "permission": "READ"}]}
    }


def acl(**inputs):
    return resource(LISTS[0], {"bucket": "there"} | inputs)


def block(**switches):
    return resource(BLOCK, {"bucket": "there"} | WHOLE | switches)


def cors(verbs, origins):
    return resource(
        CORS[0], {"bucket": "here", "corsRules": [{"allowedMethods": verbs, "allowedOrigins": origins}]}
    )


CASES = {
    "s3-acls-not-public": RuleCases(
        passing=[
            Case(acl(acl="private")),
            Case(acl(acl="log-delivery-write")),
            Case(acl(**listed(f"{GROUPS}/s3/LogDelivery"))),
            Case(resource(LISTS[0], {"bucket": "here", "acl": "public-read"}), [HERE]),  # told at the bucket
            Case(resource(OBJECTS[1], {"bucket": "here", "key": "a"}), [HERE]),
        ],
        failing=[
            Case(acl(acl="public-read"), [HERE], ["acl: public-read lets strangers in"]),
            Case(acl(acl="authenticated-read"), [], ["acl: authenticated-read lets strangers in"]),
            Case(
                acl(**listed(f"{GROUPS}/global/AllUsers")),
                [],
                ["accessControlPolicy.grants[0].grantee.uri: an access list lets AllUsers in"],
            ),
            Case(
                resource(OBJECTS[1], {"bucket": "here", "key": "a", "acl": "public-read-write"}),
                [HERE],
                ["acl: public-read-write lets strangers in"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucketNotification:BucketNotification", {"bucket": "there"}))],
        undecided=[Case(acl(acl=UNKNOWN))],
    ),
    "public-access-blocks-are-whole": RuleCases(
        passing=[
            Case(block()),
            Case(resource(BLOCK, {"bucket": "here"}), [HERE]),  # told at the bucket
            Case(resource(ACCOUNT_BLOCK, WHOLE)),
        ],
        failing=[
            Case(block(blockPublicPolicy=False), [HERE], ["blockPublicPolicy: is off"]),
            Case(
                resource(ACCOUNT_BLOCK, {"blockPublicAcls": True, "ignorePublicAcls": True}),
                [],
                ["blockPublicPolicy: is off", "restrictPublicBuckets: is off"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucketNotification:BucketNotification", {"bucket": "there"}))],
        undecided=[Case(block(ignorePublicAcls=UNKNOWN))],
    ),
    "pages-that-write-are-named": RuleCases(
        passing=[
            Case(cors(["GET", "HEAD"], ["*"])),
            Case(cors(["PUT"], ["https://app.example.com"])),
            Case(HERE),
        ],
        failing=[
            Case(
                cors(["GET", "PUT"], ["https://a.example.com", "*"]),
                [],
                ["corsRules[0].allowedOrigins[1]: pages of any origin may PUT"],
            ),
            Case(
                resource(BUCKETS[0], {"corsRules": [{"allowedMethods": ["POST"], "allowedOrigins": ["*"]}]}),
                [],
                ["corsRules[0].allowedOrigins[0]: pages of any origin may POST"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucketNotification:BucketNotification", {"bucket": "there"}))],
        undecided=[Case(cors(["PUT"], UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
