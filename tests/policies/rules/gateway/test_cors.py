from policies.analysis.gateway.objects import HTTP_ROUTE, SECURITY_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.cors import RULES
from policies.rules.kubernetes.services_and_ingresses import INGRESS
from policies.rules.mesh.routing import VIRTUAL_SERVICES
from tests.policies.cases import Case, RuleCases, cases_test, resource

NGINX = "nginx.ingress.kubernetes.io/"


def cors(origin, *, credentials):
    spec = {"cors": {"allowOrigins": ["https://shop.example.com", origin], "allowCredentials": credentials}}
    return resource(SECURITY_POLICY, {"spec": spec})


def route(*origins, credentials=True):
    cors = {"allowOrigins": list(origins), "allowCredentials": credentials}
    return resource(HTTP_ROUTE, {"spec": {"rules": [{"filters": [{"type": "CORS", "cors": cors}]}]}})


def virtual(credentials=True, **policy):
    return resource(
        VIRTUAL_SERVICES[0], {"spec": {"http": [{"corsPolicy": {"allowCredentials": credentials, **policy}}]}}
    )


def nginx(**notes):
    annotations = {f"{NGINX}{key.replace('_', '-')}": value for key, value in notes.items()}
    return resource(INGRESS[0], {"metadata": {"annotations": annotations}})


POLICY = "spec.http[0].corsPolicy"


def said(origin, place):
    return [f"{place}: pages of every site ({origin}) may ask in the name of whoever looks at them"]


CASES = {
    "cors-restricts-origins": RuleCases(
        passing=[
            Case(cors("https://web.example.com", credentials=True)),
            Case(cors("*", credentials=False)),
            Case(resource(SECURITY_POLICY, {"spec": {}})),
            Case(route("https://*.example.com")),
            Case(route("*", credentials=False)),
            Case(virtual(allowOrigins=[{"exact": "https://a.example.com"}, {"prefix": "https://b."}])),
            Case(virtual(credentials=False, allowOrigins=[{"regex": ".*"}])),
            Case(nginx()),
            Case(nginx(enable_cors="true", cors_allow_origin="https://a.example.com")),
            Case(nginx(enable_cors="true", cors_allow_credentials="false")),
        ],
        failing=[
            *(
                Case(cors(origin, credentials=True), findings=said(origin, "spec.cors.allowOrigins[1]"))
                for origin in ("*", "https://*")
            ),
            Case(route("*"), findings=said("*", "spec.rules[0].filters[0].cors.allowOrigins[0]")),
            Case(virtual(allowOrigins=[{"regex": ".*"}]), findings=said(".*", f"{POLICY}.allowOrigins[0]")),
            Case(
                virtual(allowOrigins=[{"prefix": "http"}]),
                findings=said("http...", f"{POLICY}.allowOrigins[0]"),
            ),
            Case(virtual(allowOrigin=["*"]), findings=said("*", f"{POLICY}.allowOrigin[0]")),
            Case(
                nginx(enable_cors="true"),
                findings=said("*", f"metadata.annotations[{NGINX}cors-allow-origin]"),
            ),
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(cors("*", credentials=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
