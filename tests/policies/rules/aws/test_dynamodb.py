from policies.engine.graph import UNKNOWN
from policies.rules.aws.dynamodb import RULES, TABLE
from tests.policies.cases import Case, RuleCases, cases_test, resource

OFF = "pointInTimeRecovery.enabled: is turned off: what a mistake overwrites is gone"


def table(**inputs):
    return resource(TABLE, {"name": "locks", "hashKey": "id"} | inputs)


CASES = {
    "dynamodb-point-in-time-recovery": RuleCases(
        passing=[Case(table()), Case(table(pointInTimeRecovery={"enabled": True}))],
        failing=[
            Case(table(pointInTimeRecovery={"enabled": False}), [], [OFF]),
            Case(table(pointInTimeRecovery=[{"enabled": "false"}]), [], [OFF]),
        ],
        not_applicable=[Case(resource("aws:dynamodb/tableItem:TableItem", {}))],
        undecided=[Case(table(pointInTimeRecovery={"enabled": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
