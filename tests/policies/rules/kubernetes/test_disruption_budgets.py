from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.disruption_budgets import BUDGETS, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource


def budget(labels=None, **spec):
    selector = {"matchLabels": labels or {"app": "web"}}
    return resource(BUDGETS[0], {"kind": "PodDisruptionBudget", "spec": {"selector": selector, **spec}})


CASES = {
    "disruption-budgets-let-nodes-go": RuleCases(
        passing=[
            Case(budget(minAvailable=2)),
            Case(budget(maxUnavailable="25%")),
            Case(budget({"serving.kserve.io/inferenceservice": "chat"}, maxUnavailable=0)),
        ],
        failing=[
            Case(
                budget(maxUnavailable=value),
                findings=[f"spec.maxUnavailable: {value}: no node with one of its pods can be drained"],
            )
            for value in (0, "0%")
        ]
        + [
            Case(
                budget(minAvailable="100%"),
                findings=["spec.minAvailable: 100%: no node with one of its pods can be drained"],
            )
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(budget(maxUnavailable=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
