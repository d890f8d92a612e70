"""The rules of ``policies/rules/gateway/rate_limit_stores.py``, by tables."""

from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.rate_limit_stores import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.gateway_examples import NOT_OURS

OUTSIDE = "counters-1.serverless.euc1.cache.amazonaws.com:6379"
INSIDE = "rate-limit-store.envoy-gateway-system.svc.cluster.local:6379"
ENV = "values.config.envoyGateway.provider.kubernetes.rateLimitDeployment.container.env"
URL = "values.config.envoyGateway.rateLimit.backend.redis.url"
TLS = {"name": "REDIS_TLS", "value": "true"}
AUTH = {"name": "REDIS_AUTH", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
PLAIN = f"{ENV}[REDIS_TLS]: counters pass in plain text; must be true"
OFF = f"{ENV}[0].value: counters pass in plain text; must be true"
OPEN = f"{ENV}[REDIS_AUTH]: is not set: whoever connects sets everybody's counters"
VOLUME = (
    "values.config.envoyGateway.rateLimit.backend.redis.tls.certificateRef: is not set, and the rate-limit pods then "
    "mount a volume that nobody makes"
)


def counting(url, *env, chart="oci://docker.io/envoyproxy/gateway-helm", **redis):
    config = {
        "provider": {"kubernetes": {"rateLimitDeployment": {"container": {"env": list(env)}}}},
        "rateLimit": {"backend": {"type": "Redis", "redis": {"url": url, **redis}}},
    }
    return resource(RELEASE, {"chart": chart, "values": {"config": {"envoyGateway": config}}})


def vpc(environment):
    return resource("aws:ec2/vpc:Vpc", {"tagsAll": {"environment": environment}}, "vpc")


def drained(host):
    return f"{URL}: {host} is in the cluster: a drain of its node refuses every request"


ELSEWHERE = [
    Case(NOT_OURS),
    Case(counting(OUTSIDE, chart="keda")),
    Case(resource(RELEASE, {"chart": "gateway-helm"})),
]
PROD = vpc("prod")

CASES = {
    "rate-limit-stores-know-their-callers": RuleCases(
        passing=[
            Case(counting(OUTSIDE, TLS, AUTH)),
            Case(counting(UNKNOWN, TLS, AUTH)),
            Case(counting(OUTSIDE, AUTH, tls={"certificateRef": {"name": "c"}})),
            Case(counting(INSIDE)),
            Case(counting("redis:6379")),
            Case(counting("redis.counters:6379")),
            Case(counting("redis.counters.svc:6379")),
        ],
        failing=[
            Case(counting(OUTSIDE), findings=[PLAIN, OPEN]),
            Case(counting(OUTSIDE, TLS), findings=[OPEN]),
            Case(counting(OUTSIDE, {"name": "REDIS_TLS", "value": "false"}, AUTH), findings=[OFF]),
            Case(counting("10.1.2.3:6379", TLS), findings=[OPEN]),
            Case(counting(f"{INSIDE},{OUTSIDE}", TLS), findings=[OPEN]),
        ],
        not_applicable=ELSEWHERE,
        undecided=[Case(counting(UNKNOWN, TLS))],
    ),
    "rate-limit-pods-have-their-volumes": RuleCases(
        passing=[
            Case(counting(OUTSIDE, tls={"certificateRef": {"name": "c"}})),
            Case(counting(OUTSIDE, TLS)),
        ],
        failing=[
            Case(counting(OUTSIDE, AUTH, tls={}), findings=[VOLUME]),
            Case(counting(INSIDE, tls={}), findings=[VOLUME]),
        ],
        not_applicable=ELSEWHERE,
        undecided=[Case(counting(OUTSIDE, tls=UNKNOWN))],
    ),
    "production-counts-outside-the-cluster": RuleCases(
        passing=[
            Case(counting(OUTSIDE), [PROD]),
            Case(counting(UNKNOWN), [PROD]),
            Case(counting(INSIDE), [vpc("dev")]),
        ],
        failing=[
            Case(counting(INSIDE), [PROD], [drained(INSIDE.partition(":")[0])]),
            Case(counting("redis.counters:6379"), [vpc("production")], [drained("redis.counters")]),
        ],
        not_applicable=ELSEWHERE,
        undecided=[Case(counting(INSIDE), [vpc(UNKNOWN)])],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
