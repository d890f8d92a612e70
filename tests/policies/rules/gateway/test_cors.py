from policies.analysis.gateway.objects import HTTP_ROUTE, SECURITY_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.cors import RULES
from policies.rules.kubernetes.exposure import INGRESS
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


def said(origin):
    return [f"pages of every site ({origin}) may ask in the name of whoever looks at them"]


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
            *(Case(cors(origin, credentials=True), findings=said(origin)) for origin in ("*", "https://*")),
            Case(route("*"), findings=said("*")),
            Case(virtual(allowOrigins=[{"regex": ".*"}]), findings=said(".*")),
            Case(virtual(allowOrigins=[{"prefix": "http"}]), findings=said("http...")),
            Case(virtual(allowOrigin=["*"]), findings=said("*")),
            Case(nginx(enable_cors="true"), findings=said("*")),
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(cors("*", credentials=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
