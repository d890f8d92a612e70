"""The AI gateway's own values: what switches a protection off is found, another chart's is not."""

from policies.engine.graph import UNKNOWN
from policies.rules.gateway.ai_gateway import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

RELEASE = "kubernetes:helm.sh/v3:Release"


def release(values, chart="oci://docker.io/envoyproxy/ai-gateway-helm"):
    return resource(RELEASE, {"chart": chart, "values": values})


def cases(part, key, said):
    return RuleCases(
        passing=[Case(release({part: {key: True}})), Case(release({}))],
        failing=[Case(release({part: {key: off}}), findings=[said]) for off in (False, "false")],
        not_applicable=[Case(release({part: {key: False}}, chart="keda"))],
        undecided=[Case(release({part: {key: UNKNOWN}}))],
    )


CASES = {
    "gateways-log-no-prompts": cases(
        "extProc",
        "enableRedaction",
        "values.extProc.enableRedaction: debug logs hold prompts and answers",
    ),
    "quotas-fail-closed": cases(
        "controller",
        "quotaRateLimitFailureModeDeny",
        "values.controller.quotaRateLimitFailureModeDeny: a quota that cannot be counted has no end",
    ),
}
test_cases = cases_test(RULES, CASES)
