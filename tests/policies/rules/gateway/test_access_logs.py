from policies.engine.graph import UNKNOWN
from policies.rules.gateway.access_logs import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

PROXY = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"


def proxy(**said):
    settings = [{"format": {"type": "JSON", "json": said}}]
    return resource(
        PROXY, {"kind": "EnvoyProxy", "spec": {"telemetry": {"accessLog": {"settings": settings}}}}
    )


def mesh(said):
    return resource("kubernetes:core/v1:ConfigMap", {"kind": "ConfigMap", "data": {"mesh": said}})


def route(said):
    spec = {"rules": [{"filters": [{"requestHeaderModifier": {"set": [{"name": "x", "value": said}]}}]}]}
    return resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {"kind": "HTTPRoute", "spec": spec})


PLACE = "spec.telemetry.accessLog.settings.0.format.json.a"

CASES = {
    "access-logs-hold-no-credentials": RuleCases(
        passing=[
            Case(proxy(a="%REQ(:METHOD)%", b="%REQ(X-REQUEST-ID)%", c="%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%")),
            Case(mesh('accessLogFormat: "%REQ(:PATH)% %RESPONSE_CODE%"\n')),
            Case(route("%REQ(AUTHORIZATION)%")),
        ],
        failing=[
            Case(
                proxy(a="%REQ(AUTHORIZATION)%"),
                findings=[
                    "spec.telemetry.accessLog.settings[0].format.json.a: the header authorization is kept"
                ],
            ),
            Case(
                proxy(a="%req(x-forwarded?Cookie):40%"),
                findings=["spec.telemetry.accessLog.settings[0].format.json.a: the header cookie is kept"],
            ),
            Case(
                mesh('accessLogFormat: "%REQ(:PATH)% %REQ(X-API-KEY)%"\n'),
                findings=["data.mesh: the header x-api-key is kept"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[Case(proxy(a=UNKNOWN))],
    ),
}
test_rules = cases_test(RULES, CASES)
