from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.admission_webhooks import RULES, VALIDATING, WEBHOOKS
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:ConfigMap", {}))]


def hook(kind=VALIDATING, **changes):
    made = {"name": "check.example.com", "clientConfig": {"service": {"name": "x"}}, **changes}
    return resource(kind, {"kind": kind.rpartition(":")[2], "webhooks": [made]})


CASES = {
    "admission-webhooks-are-asked-inside": RuleCases(
        passing=[
            Case(resource(WEBHOOKS[0], {"webhooks": [{"name": "a", "clientConfig": {"url": url}}]}))
            for url in (
                "https://a.b.svc/x",
                "https://127.0.0.1:9443",
                "https://[fd00::1]/",
                "https://10.0.0.9/v",
            )
        ]
        + [
            Case(
                resource(
                    WEBHOOKS[0], {"webhooks": [{"name": "a", "clientConfig": {"service": {"name": "s"}}}]}
                )
            )
        ],
        failing=[
            Case(
                resource(kind, {"webhooks": [{"name": "a", "clientConfig": {"url": url}}]}),
                findings=[
                    (
                        "webhooks[0].clientConfig.url: every object that a selects is sent out of the cluster; "
                        "clientConfig.service"
                    )
                ],
            )
            for kind, url in (
                (WEBHOOKS[0], "https://hooks.example.com/v"),
                (WEBHOOKS[1], "https://a.svc.example.com"),
                (WEBHOOKS[1], "https://8.8.8.8/v"),
                (WEBHOOKS[1], "https://[2001:4860::8]/v"),
            )
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(resource(WEBHOOKS[0], {"webhooks": UNKNOWN}))],
    ),
    "admission-webhooks-fail-closed": RuleCases(
        passing=[
            Case(hook()),
            Case(hook(failurePolicy="Fail")),
            Case(hook(WEBHOOKS[1], failurePolicy="Ignore")),
            Case(hook(clientConfig={"url": "https://x.example.com"})),
        ],
        failing=[
            Case(
                hook(WEBHOOKS[2], failurePolicy="Ignore"),
                findings=[
                    "webhooks[0].failurePolicy: what check.example.com refuses passes while it is down; Fail"
                ],
            ),
            Case(
                hook(failurePolicy="Ignore"),
                findings=[
                    "webhooks[0].failurePolicy: what check.example.com refuses passes while it is down; Fail"
                ],
            ),
            Case(
                hook(WEBHOOKS[1], clientConfig={"url": "http://x.example.com"}),
                findings=["webhooks[0].clientConfig.url: check.example.com is asked in plain text"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(hook(failurePolicy=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
