from policies.analysis.machines.types import CLUSTER
from policies.analysis.storage.bucket_parts import BUCKETS
from policies.engine.graph import UNKNOWN
from policies.rules.aws.kms_keys import KEY
from policies.rules.platform.lifecycle import ADDRESS, LOG_GROUP, PLATFORM
from policies.rules.platform.retention import REPOSITORY
from tests.policies.cases import Case, RuleCases, cases_test, resource

_TRIAL = {"lifecycle": "disposable", "environment": "trial"}
_QUEUE = Case(resource("aws:sqs/queue:Queue", {}))
_BUCKET = BUCKETS[0]
_IN_PRODUCTION = ["tagsAll.lifecycle: disposable, in an environment that is called production"]


def _in_trial(type_, inputs, **extra):
    return resource(type_, {**inputs, "tagsAll": _TRIAL}, **extra)


CASES = {
    "production-is-durable": RuleCases(
        passing=[
            Case(_in_trial(KEY, {})),
            Case(resource(KEY, {"tagsAll": {"environment": "prod"}})),
            Case(resource(KEY, {})),
        ],
        failing=[
            Case(
                resource(type_, {"tagsAll": {"lifecycle": "disposable", "environment": name}}),
                findings=_IN_PRODUCTION,
            )
            for type_, name in ((KEY, "prod"), (CLUSTER, "Production"), (_BUCKET, "live"))
        ],
        not_applicable=[_QUEUE],
        undecided=[Case(resource(KEY, {"tagsAll": UNKNOWN}))],
    ),
    "trials-leave-nothing": RuleCases(
        passing=[
            Case(_in_trial(KEY, {"deletionWindowInDays": 7})),
            Case(_in_trial(_BUCKET, {"forceDestroy": True})),
            Case(_in_trial(LOG_GROUP, {"skipDestroy": False})),
            Case(resource(KEY, {"deletionWindowInDays": 30}, protect=True)),
        ],
        failing=[
            Case(
                _in_trial(KEY, {}, protect=True),
                findings=[
                    "protect: Pulumi refuses to delete it, and the whole destroy with it",
                    "deletionWindowInDays: the key stays 30 days; 7 are the least",
                ],
            ),
            Case(
                _in_trial(_BUCKET, {"objectLockEnabled": True}),
                findings=[
                    "forceDestroy: is off: AWS refuses to delete it while anything is in it",
                    "objectLockEnabled: it stays in the account when the stack is gone",
                ],
            ),
            Case(
                _in_trial(REPOSITORY, {}, retain_on_delete=True),
                findings=[
                    "forceDelete: is off: AWS refuses to delete it while anything is in it",
                    "retainOnDelete: it stays in the account when the stack is gone",
                ],
            ),
            Case(
                _in_trial(CLUSTER, {"deletionProtection": True}),
                findings=["deletionProtection: it stays in the account when the stack is gone"],
            ),
        ],
        not_applicable=[_QUEUE],
        undecided=[Case(_in_trial(LOG_GROUP, {"skipDestroy": UNKNOWN}))],
    ),
    "logs-and-addresses-outlive-their-section": RuleCases(
        passing=[
            Case(resource(LOG_GROUP, {"skipDestroy": True})),
            Case(resource(LOG_GROUP, {}, protect=True)),
            Case(resource(ADDRESS, {}, protect=True)),
            Case(_in_trial(ADDRESS, {})),
            Case(_in_trial(LOG_GROUP, {})),
        ],
        failing=[
            Case(
                resource(LOG_GROUP, {}),
                findings=["skipDestroy: is off: removing a line of the program deletes its records"],
            ),
            Case(
                resource(LOG_GROUP, {"tagsAll": {"lifecycle": "disposable", "environment": "prod"}}),
                findings=["skipDestroy: is off: removing a line of the program deletes its records"],
            ),
            Case(
                resource(ADDRESS, {"skipDestroy": True}),
                findings=[
                    (
                        "protect: is off: removing a line of the program deletes an address that others may have "
                        "on their lists"
                    )
                ],
            ),
        ],
        not_applicable=[_QUEUE],
        undecided=[Case(resource(LOG_GROUP, {"skipDestroy": UNKNOWN}))],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
