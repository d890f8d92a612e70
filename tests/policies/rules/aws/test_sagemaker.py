from policies.engine.graph import UNKNOWN
from policies.rules.aws.sagemaker import NOTEBOOK, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]


CASES = {
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
