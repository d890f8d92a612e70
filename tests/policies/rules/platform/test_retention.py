from policies.engine.graph import UNKNOWN
from policies.rules.platform.retention import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

OLD = (
    "lifecycleRules.noncurrentVersionExpiration: old versions are kept for ever: what was "
    "deleted can still be read"
)
NO_RETENTION = (
    "objectLockConfiguration.rule.defaultRetention: is not set: an upload that does "
    "not ask for a lock gets none"
)
UNLOCKED = "objectLockEnabled: is off: a model that is being served can be deleted or swapped"
UNSCANNED = "imageScanningConfiguration.scanOnPush: images are not scanned on push"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
REPOSITORY = "aws:ecr/repository:Repository"
OTHER = Case(resource("aws:s3/bucketObject:BucketObject", {"bucket": "models"}))
FOR_EVER = "lifecycleRules: no rule for every object: what people asked and were answered is kept for ever"
WHOLE = {"status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 30}}
FORGETS = {"noncurrentVersionExpiration": {"noncurrentDays": 1}}


def bucket(name="models", **inputs):
    return resource("aws:s3/bucket:Bucket", {"bucket": name, **inputs}, name=name)


def part(kind, bucket="models", **inputs):
    class_ = kind[0].upper() + kind[1:]
    return resource(f"aws:s3/{kind}:{class_}", {"bucket": bucket, **inputs}, name=kind)


def lock(**retention):
    return part("bucketObjectLockConfiguration", rule={"defaultRetention": retention})


def lifecycle(*rules):
    return part("bucketLifecycleConfiguration", "payloads", rules=list(rules))


def payloads(*rules, **inputs):
    return bucket("payloads", **inputs), [lifecycle(*rules)]


VERSIONS = part("bucketVersioning", "payloads", versioningConfiguration={"status": "Enabled"})


def repository(**inputs):
    return resource(REPOSITORY, {"name": "models", **inputs}, name="repository")


def scanning(*rules):
    return resource(
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", {"rules": list(rules)}
    )


CASES = {
    "model-buckets-lock-versions": RuleCases(
        passing=[
            Case(bucket(objectLockEnabled=True), [lock(mode="GOVERNANCE", days=365)]),
            Case(bucket(), [lock(mode="COMPLIANCE", years=1)]),
            Case(
                bucket(
                    objectLockConfiguration={
                        "objectLockEnabled": "Enabled",
                        "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}},
                    }
                )
            ),
            Case(bucket("payloads")),
            Case(bucket("model-store-payloads")),
            Case(bucket("model-logs"), [part("bucketLogging", "x", targetBucket="model-logs")]),
        ],
        failing=[
            Case(
                bucket(),
                findings=[UNLOCKED],
            ),
            Case(
                bucket("acme-model-weights"),
                findings=[UNLOCKED],
            ),
            Case(
                bucket(objectLockEnabled=True),
                findings=[NO_RETENTION],
            ),
            Case(
                bucket(),
                [lock(mode="GOVERNANCE")],
                [NO_RETENTION],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(bucket(objectLockEnabled=UNKNOWN)),
            Case(bucket(objectLockEnabled=True), [lock(days=UNKNOWN)]),
        ],
    ),
    "payload-buckets-expire-objects": RuleCases(
        passing=[
            Case(*payloads(WHOLE)),
            Case(*payloads({**WHOLE, **FORGETS}, {**WHOLE, "filter": {"prefix": "restricted/"}})),
            Case(bucket("payloads"), [lifecycle({**WHOLE, **FORGETS}), VERSIONS]),
            Case(bucket("payloads"), [lifecycle(WHOLE, {"status": "Enabled", **FORGETS}), VERSIONS]),
            Case(bucket("payloads", lifecycleRules=[{"enabled": True, "expiration": {"days": 3}}])),
            Case(bucket("models")),
        ],
        failing=[
            Case(
                bucket("payloads"),
                findings=[
                    (
                        "lifecycleRules: no rule for every object: what people asked and were answered is kept "
                        "for ever"
                    )
                ],
            ),
            Case(
                *payloads(WHOLE, {**WHOLE, "filter": {"prefix": "restricted/"}, "expiration": {}}),
                [
                    (
                        "lifecycleRules.expiration.days: the rule for restricted/ expires nothing: payloads of "
                        "the class are kept as long as all others"
                    )
                ],
            ),
            Case(
                *payloads(WHOLE, {**WHOLE, "filter": {"prefix": "internal/"}, "status": "Disabled"}),
                [
                    (
                        "lifecycleRules.expiration.days: the rule for internal/ expires nothing: payloads of the "
                        "class are kept as long as all others"
                    )
                ],
            ),
            Case(*payloads({**WHOLE, "status": "Disabled"}), [FOR_EVER]),
            Case(*payloads({**WHOLE, "filter": {"prefix": "public/"}}), [FOR_EVER]),
            Case(*payloads({**WHOLE, "filter": {"objectSizeGreaterThan": 1024}}), [FOR_EVER]),
            Case(
                *payloads({"status": "Enabled", "expiration": {"expiredObjectDeleteMarker": True}}),
                [FOR_EVER],
            ),
            Case(
                *payloads({**WHOLE, "expiration": {"days": 366}}),
                ["lifecycleRules.expiration.days: objects are kept 366 days; 365 are the longest"],
            ),
            Case(
                bucket("payloads"),
                [lifecycle(WHOLE), VERSIONS],
                [OLD],
            ),
            Case(
                bucket("payloads"),
                [lifecycle(WHOLE, {**FORGETS, "status": "Disabled"}), VERSIONS],
                [OLD],
            ),
            Case(
                *payloads({**WHOLE, **FORGETS}, objectLockEnabled=True),
                ["objectLockEnabled: is on: a person's data cannot be erased before it ends"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(*payloads({**WHOLE, "status": UNKNOWN})),
            Case(*payloads({**WHOLE, "expiration": {"days": UNKNOWN}})),
            Case(bucket("payloads"), [part("bucketLifecycleConfiguration", UNKNOWN, rules=[WHOLE])]),
        ],
    ),
    "data-is-protected-from-deletion": RuleCases(
        passing=[
            Case(resource("aws:s3/bucket:Bucket", {}, protect=True)),
            Case(resource("aws:kms/key:Key", {}, retain_on_delete=True)),
            Case(resource(REPOSITORY, {"forceDelete": False}, protect=True)),
            Case(resource("aws:cloudtrail/trail:Trail", {}, protect=True)),
            Case(resource("aws:s3/bucket:Bucket", {})),  # another organisation's way
        ],
        failing=[
            Case(
                resource("aws:s3/bucket:Bucket", {}),
                others=[OURS],
                findings=["protect: is off: removing a line of the program deletes it"],
            ),
            Case(
                resource("aws:cloudtrail/trail:Trail", {}),
                others=[OURS],
                findings=["protect: is off: removing a line of the program deletes it"],
            ),
            Case(
                resource("aws:s3/bucket:Bucket", {"forceDestroy": True}, protect=True),
                findings=["forceDestroy: deleting the resource deletes what it holds"],
            ),
            Case(
                resource(REPOSITORY, {"forceDelete": True}),
                [OURS],
                [
                    "forceDelete: deleting the resource deletes what it holds",
                    "protect: is off: removing a line of the program deletes it",
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource("aws:s3/bucket:Bucket", {"forceDestroy": UNKNOWN}, protect=True))],
    ),
    "ecr-tags-are-immutable": RuleCases(
        passing=[Case(repository(imageTagMutability="IMMUTABLE"))],
        failing=[
            Case(
                repository(),
                findings=["imageTagMutability: MUTABLE: a tag can be pushed again with other contents"],
            ),
            Case(
                repository(imageTagMutability="IMMUTABLE_WITH_EXCLUSION"),
                findings=[
                    "imageTagMutability: IMMUTABLE_WITH_EXCLUSION: a tag can be pushed again with other contents"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(repository(imageTagMutability=UNKNOWN))],
    ),
    "ecr-scans-on-push": RuleCases(
        passing=[
            Case(repository(imageScanningConfiguration={"scanOnPush": True})),
            Case(repository(), [scanning({"scanFrequency": "SCAN_ON_PUSH"})]),
            Case(repository(), [scanning({"scanFrequency": "MANUAL"}, {"scanFrequency": "CONTINUOUS_SCAN"})]),
        ],
        failing=[
            Case(
                repository(),
                findings=[UNSCANNED],
            ),
            Case(
                repository(imageScanningConfiguration={"scanOnPush": False}),
                findings=[UNSCANNED],
            ),
            Case(
                repository(),
                [scanning()],
                [UNSCANNED],
            ),
            Case(
                repository(),
                [scanning({"scanFrequency": "MANUAL"})],
                [UNSCANNED],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(repository(imageScanningConfiguration=UNKNOWN))],
    ),
    "ecr-uses-cmk": RuleCases(
        passing=[
            Case(repository(encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": KEY}])),
            Case(repository(encryptionConfigurations=[{"encryptionType": "KMS_DSSE", "kmsKey": KEY}])),
        ],
        failing=[
            Case(
                repository(),
                findings=["encryptionConfigurations[0].encryptionType: AES256: images are under keys of ECR"],
            ),
            Case(
                repository(encryptionConfigurations=[{"encryptionType": "KMS"}]),
                findings=[
                    (
                        "encryptionConfigurations[0].kmsKey: images are under aws/ecr, a key whose policy nobody "
                        "can change"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(repository(encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": UNKNOWN}]))],
    ),
    "ecr-expires-untagged-images": RuleCases(
        passing=[
            Case(
                repository(), [resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": "models"})]
            )
        ],
        failing=[
            Case(
                repository(),
                findings=["no lifecycle policy: images that no tag names are kept, and paid for, for ever"],
            ),
            Case(
                repository(),
                [resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": "other"})],
                ["no lifecycle policy: images that no tag names are kept, and paid for, for ever"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(repository(), [resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": UNKNOWN})])
        ],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
