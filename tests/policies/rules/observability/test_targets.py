"""Monitors find something, and spans are sent to somebody."""

from policies.engine.graph import UNKNOWN
from policies.rules.observability.targets import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "observability/targets")


def limited(**spec):
    return resource(
        "kubernetes:monitoring.coreos.com/v1:PodMonitor",
        {"kind": "PodMonitor", "spec": {"sampleLimit": 20_000, "labelLimit": 64, **spec}},
    )


LIMITS = {
    "monitors-limit-their-series": RuleCases(
        passing=[Case(limited()), Case(limited(podTargetLabels=["slipway.dev/model"]))],
        failing=[
            Case(
                limited(sampleLimit=0),
                findings=[
                    "spec.sampleLimit: is not set: a label that grows with what callers send fills the disk"
                ],
            ),
            Case(
                limited(podTargetLabels=["slipway.dev/model", "pod-template-hash"]),
                findings=[
                    "spec.podTargetLabels[1]: is another one at every change: each makes all series anew"
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:apps/v1:Deployment", {}))],
        undecided=[Case(limited(sampleLimit=UNKNOWN))],
    )
}
test_limits = cases_test(PLATFORM, LIMITS)
