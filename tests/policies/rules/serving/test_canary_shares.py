from policies.engine.graph import UNKNOWN
from policies.rules.serving.canary_shares import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test
from tests.policies.model_examples import OTHER, predictor, service

_MODE = "serving.kserve.io/deploymentMode"
_LOST = "spec.predictor.canaryTrafficPercent: does nothing in {} mode, where the new model gets everything"


def _shared(mode, percent=10):
    def change(made):
        made["spec"]["predictor"]["canaryTrafficPercent"] = percent
        if mode:
            made["metadata"]["annotations"][_MODE] = mode
        else:
            del made["metadata"]["annotations"][_MODE]

    return service(change)


CASES = {
    "canary-shares-are-acted-on": RuleCases(
        passing=[Case(service()), Case(_shared("Knative")), Case(_shared("Serverless")), Case(_shared(""))],
        failing=[
            Case(_shared("Standard"), findings=[_LOST.format("Standard")]),
            Case(_shared("RawDeployment", 0), findings=[_LOST.format("RawDeployment")]),
            Case(
                _shared(""),
                [OURS],
                [_LOST.format("Standard")],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(canaryTrafficPercent=UNKNOWN)))],
    ),
}

test_cases = cases_test(RULES, CASES)
