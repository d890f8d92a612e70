from dataclasses import replace

from policies.analysis.gateway.objects import GATEWAY, SECURITY_POLICY, TRAFFIC_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.security_policies import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
_SHOP = {"jwt": {"provider": "people", "claims": [{"name": "sub", "values": ["shop"]}]}}


def _security(name="p", where="edge", **spec):
    return resource(SECURITY_POLICY, {"metadata": {"name": name, "namespace": where}, "spec": spec}, name)


def _authorized(*rules, default=None, **spec):
    authorization = {"rules": list(rules), **({"defaultAction": default} if default else {})}
    return _security(authorization=authorization, **spec)


def _rule(principal, action="Allow", **more):
    return {"action": action, "principal": principal, **more}


def _jwt(header="x-caller"):
    return {"providers": [{"name": "people", "claimToHeaders": [{"claim": "sub", "header": header}]}]}


def _limited(*headers, more=(), where="global"):
    rules = [{"clientSelectors": [{"headers": [{"name": name, "type": "Distinct"} for name in headers]}]}]
    return resource(
        TRAFFIC_POLICY,
        {
            "metadata": {"name": "l", "namespace": "edge"},
            "spec": {"rateLimit": {where: {"rules": [*rules, *more]}}},
        },
        "limits",
    )


_ANY = {"clientCIDRs": ["0.0.0.0/0"]}

CASES = {
    "authorization-denies-by-default": RuleCases(
        passing=[
            Case(_authorized(_rule(_SHOP))),
            Case(_authorized(_rule(_SHOP), default="Deny")),
            Case(_authorized(_rule(_ANY, "Deny"), default="Allow")),
            Case(_authorized(_rule({**_ANY, **_SHOP}))),
            Case(_authorized(_rule({"clientCIDRs": ["10.0.0.0/8"]}))),
            Case(_security(authorization={})),
            Case(_security(jwt=_jwt())),
        ],
        failing=[
            Case(
                _authorized(default="Allow"),
                findings=[
                    "spec.authorization.defaultAction: everybody is allowed: no rule refuses anybody; Deny"
                ],
            ),
            Case(
                _authorized(_rule(_SHOP), default="Allow"),
                findings=[
                    "spec.authorization.defaultAction: everybody is allowed: no rule refuses anybody; Deny"
                ],
            ),
            Case(
                _authorized(_rule(_ANY)),
                findings=["spec.authorization.rules[0].principal.clientCIDRs: every address is allowed"],
            ),
            Case(
                _authorized(_rule(_SHOP), _rule({"clientCIDRs": ["::/0"]}, name="all")),
                findings=["spec.authorization.rules[1].principal.clientCIDRs: every address is allowed"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_security(authorization=UNKNOWN))],
    ),
    "authorization-checks-its-tokens": RuleCases(
        passing=[
            Case(_authorized(_rule(_SHOP), jwt=_jwt())),
            Case(_authorized(_rule({"clientCIDRs": ["10.0.0.0/8"]}))),
        ],
        failing=[
            Case(
                _authorized(_rule(_SHOP, name="shop")),
                findings=[
                    (
                        "spec.authorization.rules[0].principal.jwt.provider: tokens of people are trusted, "
                        "which this policy does not check; a provider of spec.jwt"
                    )
                ],
            ),
            Case(
                _authorized(_rule({"jwt": {"provider": "others"}}), jwt=_jwt()),
                findings=[
                    (
                        "spec.authorization.rules[0].principal.jwt.provider: tokens of others are trusted, "
                        "which this policy does not check; a provider of spec.jwt"
                    )
                ],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_authorized(_rule(_SHOP), jwt=UNKNOWN))],
    ),
    "callers-cannot-name-themselves": RuleCases(
        passing=[
            Case(_limited("x-caller"), others=[_security(jwt=_jwt())]),
            Case(_limited("X-Caller"), others=[_security(jwt=_jwt("x-CALLER"))]),
            Case(_limited("x-caller", "x-ai-eg-model"), others=[_security(jwt=_jwt())]),
            Case(_limited("x-key"), others=[_security(apiKeyAuth={"forwardClientIDHeader": "x-key"})]),
            Case(_limited("x-who"), others=[_security(extAuth={"http": {"headersToBackend": ["x-who"]}})]),
            # Who leaves the header out meets the other limit.
            Case(_limited("x-tier", more=[{"limit": {"requests": 5}}])),
            Case(_authorized(_rule({"headers": [{"name": "x-team"}], **_SHOP}))),
            Case(_authorized(_rule({"headers": [{"name": "x-team"}]}, "Deny"))),
            # In a file without a gateway, nothing says who writes the header.
            Case(replace(_limited("x-user-id"), source="limits.yaml#x")),
        ],
        failing=[
            Case(
                replace(_limited("x-user-id"), source="limits.yaml#x"),
                [resource(GATEWAY, {"metadata": {"name": "edge"}})],
                [
                    (
                        "spec.rateLimit.global.rules[0].clientSelectors[0].headers[0].name: callers are "
                        "counted by x-user-id, which they write themselves"
                    )
                ],
            ),
            Case(
                _limited("x-user-id"),
                findings=[
                    (
                        "spec.rateLimit.global.rules[0].clientSelectors[0].headers[0].name: callers are "
                        "counted by x-user-id, which they write themselves"
                    )
                ],
            ),
            Case(
                _limited("x-caller"),
                others=[_security(where="other", jwt=_jwt())],
                findings=[
                    (
                        "spec.rateLimit.global.rules[0].clientSelectors[0].headers[0].name: callers are "
                        "counted by x-caller, which they write themselves"
                    )
                ],
            ),
            Case(
                _limited("x-a", where="local"),
                others=[_security(jwt=_jwt())],
                findings=[
                    (
                        "spec.rateLimit.local.rules[0].clientSelectors[0].headers[0].name: callers are "
                        "counted by x-a, which they write themselves"
                    )
                ],
            ),
            Case(
                _authorized(_rule({"headers": [{"name": "x-team"}]}), jwt=_jwt()),
                findings=[
                    (
                        "spec.authorization.rules[0].principal.headers[0].name: callers are let in by "
                        "x-team, which they write themselves"
                    )
                ],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_limited("x-caller"), others=[_security(jwt=UNKNOWN)])],
    ),
}

test_cases = cases_test(RULES, CASES)
