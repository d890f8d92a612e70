from dataclasses import replace

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.definitions import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource


def _release(name, chart, after=(), **values):
    inputs = {"chart": chart, "values": values}
    return resource(RELEASE, inputs, name=name, dependencies=frozenset(r.urn for r in after))


def _definition(kind, group):
    return resource(DEFINITION, {"spec": {"group": group, "names": {"kind": kind}}}, name=f"crd-{kind}")


_POOLS = _definition("InferencePool", "inference.networking.k8s.io")
_ROUTES = _definition("HTTPRoute", "gateway.networking.k8s.io")
_PEERS = resource(
    DEFINITION,
    {
        "metadata": {"name": "peers.x"},
        "spec": {"group": "security.istio.io", "names": {"kind": "PeerAuthentication"}},
    },
    name="peers",
)
_MODELS = _release("crds", "oci://charts.example/kserve-crd")
_LANGUAGE_MODELS = _release("llm-crds", "oci://charts.example/kserve-llmisvc-crd")
_LLM_CHART = "oci://charts.example/kserve-llmisvc-resources"
_BOTH = (
    "chart: it and that of llm-crds both define ClusterStorageContainer.serving.kserve.io, and neither waits "
    "for the other"
)
_MONITORING = (
    "chart: it and that of operator both define *.monitoring.coreos.com, and neither waits for the other"
)
_POOLS_TOO = (
    "chart: defines InferencePool.inference.networking.k8s.io, and crd-InferencePool is declared here too"
)
_OPERATOR = _release("operator", "kube-prometheus-stack")
_MONITORS = _release("monitors", "prometheus-operator-crds")

CASES = {
    "definitions-have-one-owner": RuleCases(
        passing=[
            Case(_MODELS, others=[_release("llm-crds", "oci://x/kserve-llmisvc-crd", after=[_MODELS])]),
            Case(_release("crds", "kserve-crd", after=[_LANGUAGE_MODELS]), others=[_LANGUAGE_MODELS]),
            Case(_MODELS, others=[_POOLS, _ROUTES]),
            Case(_release("base", "base", base={"excludedCRDs": ["peers.x"]}), others=[_PEERS]),
            Case(_release("keda", "keda"), others=[_MODELS]),
            Case(_release("llm", _LLM_CHART, kserve={"llmisvc": {"createGIECRDs": False}}), others=[_POOLS]),
            Case(_release("certificates", "cert-manager"), others=[_definition("Issuer", "cert-manager.io")]),
            Case(
                _MONITORS,
                others=[
                    replace(_OPERATOR, inputs={**_OPERATOR.inputs, "values": {"crds": {"enabled": False}}})
                ],
            ),
            Case(_LANGUAGE_MODELS, others=[_MODELS]),  # the other one says it
        ],
        failing=[
            Case(_MODELS, others=[_LANGUAGE_MODELS], findings=[_BOTH]),
            Case(
                _MONITORS,
                others=[_OPERATOR],
                findings=[_MONITORING],
            ),
            Case(
                _release("base", "base", base={"excludedCRDs": ["others.x"]}),
                others=[_PEERS],
                findings=[
                    "chart: defines PeerAuthentication.security.istio.io, and peers is declared here too"
                ],
            ),
            Case(
                _release("gateway-crds", "oci://x/gateway-crds-helm"),
                others=[_ROUTES],
                findings=[
                    "chart: defines HTTPRoute.gateway.networking.k8s.io, and crd-HTTPRoute is declared here too"
                ],
            ),
            *(
                Case(
                    _release("llm", _LLM_CHART, **values),
                    others=[_POOLS],
                    findings=[_POOLS_TOO],
                )
                for values in ({}, {"kserve": {"llmisvc": {"createGIECRDs": True}}})
            ),
            Case(
                _release("certificates", "cert-manager", crds={"enabled": True}),
                others=[_definition("Issuer", "cert-manager.io")],
                findings=["chart: defines Issuer.cert-manager.io, and crd-Issuer is declared here too"],
            ),
        ],
        not_applicable=[Case(_ROUTES), Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[
            Case(_release("x", UNKNOWN)),
            Case(_release("certificates", "cert-manager", crds=UNKNOWN)),
            Case(_release("base", "base", base={"excludedCRDs": UNKNOWN}), others=[_PEERS]),
            Case(_MODELS, others=[_release("y", UNKNOWN)]),
        ],
    ),
    "definitions-are-objects": RuleCases(
        passing=[
            Case(_release("keda", "keda")),
            Case(_release("certificates", "cert-manager")),
            Case(_release("base", "base", base={"excludedCRDs": ["peers.x"]})),
            Case(_release("controller", "kserve-resources")),
        ],
        failing=[
            Case(
                _release("gateway-crds", "oci://x/gateway-crds-helm"),
                findings=[
                    "chart: brings definitions (*.gateway.networking.k8s.io, *.gateway.envoyproxy.io, ...)"
                ],
            ),
            Case(
                _release("certificates", "cert-manager", crds={"enabled": True}),
                findings=["chart: brings definitions (*.cert-manager.io, *.acme.cert-manager.io, ...)"],
            ),
        ],
        not_applicable=[Case(_ROUTES)],
        undecided=[
            Case(_release("x", UNKNOWN)),
            Case(_release("certificates", "cert-manager", crds=UNKNOWN)),
        ],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
