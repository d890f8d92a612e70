from policies.engine.graph import UNKNOWN
from policies.rules.aws.load_balancers import LISTENERS, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]
PLAIN = "protocol: listens in plain text, and does not send callers to HTTPS"


def listener(protocol, **inputs):
    return resource(LISTENERS[0], {"protocol": protocol, "defaultActions": [{"type": "forward"}], **inputs})


CASES = {
    "load-balancers-encrypt": RuleCases(
        passing=[
            Case(listener("HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")),
            Case(listener("HTTP", defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS"}}])),
            Case(listener("TCP")),
            Case(
                resource(
                    LISTENERS[0], {"loadBalancerArn": "gateway", "defaultActions": [{"type": "forward"}]}
                )
            ),
        ],
        failing=[
            Case(listener("HTTP"), findings=[PLAIN]),
            Case(listener(None, port=80), findings=[PLAIN]),
            Case(
                listener("HTTPS"),
                findings=["sslPolicy: is not set: ELBSecurityPolicy-2016-08 accepts TLS before 1.2"],
            ),
            Case(
                listener("TLS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
                findings=["sslPolicy: ELBSecurityPolicy-TLS13-1-0-2021-06 accepts TLS before 1.2"],
            ),
            Case(
                listener("HTTPS", sslPolicy="ELBSecurityPolicy-TLS-1-1-2017-01"),
                findings=["sslPolicy: ELBSecurityPolicy-TLS-1-1-2017-01 accepts TLS before 1.2"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(listener(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
