from dataclasses import replace

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.kubernetes.dependencies import ASSOCIATION, NAMESPACE, PROVIDER, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
_MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
_SCALED = "kubernetes:keda.sh/v1alpha1:ScaledObject"
_CLUSTER = "aws:eks/cluster:Cluster"
_ENTRY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_OTHER = Case(resource("aws:s3/bucket:Bucket", {}))


def _on(*resources):
    return frozenset(r.urn for r in resources)


def _release(name, chart, namespace="kserve", **values):
    return resource(RELEASE, {"chart": chart, "namespace": namespace, "values": values}, name=name)


def _object(type_=_ISVC, *, after=(), spec=None, namespace="models"):
    api, _, kind = type_.removeprefix("kubernetes:").rpartition(":")
    metadata = {"name": "x", "namespace": namespace}
    inputs = {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}}
    return resource(type_, inputs, dependencies=_on(*after))


_CRDS = _release("crds", "oci://charts.example/kserve-crd")
_CONTROLLER = _release("controller", "oci://charts.example/kserve-resources")
_MONITOR_CRDS = _release("monitor-crds", "prometheus-operator-crds")
_DEFINED = resource(
    DEFINITION, {"spec": {"group": "serving.kserve.io", "names": {"kind": "InferenceService"}}}, name="own"
)
_BETWEEN = resource("aws:sqs/queue:Queue", {}, name="between", dependencies=_on(_CRDS, _CONTROLLER))
_WEBHOOKLESS = (
    "dependsOn: the object does not wait for controller, whose webhook admits "
    "InferenceService.serving.kserve.io"
)
_UNDEFINED = "dependsOn: the object does not wait for crds, which defines InferenceService.serving.kserve.io"

_SPACE = resource(NAMESPACE, {"metadata": {"name": "models"}}, name="space")
_RELEASE_THERE = resource(RELEASE, {"chart": "x", "namespace": "models"})

_ASSOCIATION = resource(ASSOCIATION, {"namespace": "models", "serviceAccount": "reader"}, name="identity")
_POD = {"template": {"serviceAccountName": "reader"}}
_NESTED = {"predictor": {"workers": [{"serviceAccountName": "reader"}]}}
_NAMING = _release("agent", "agent", "models", serviceAccount={"name": "reader"})
_SILENT = _release("other", "other", "models")

_CLOSED = resource(_CLUSTER, {"accessConfig": {"bootstrapClusterCreatorAdminPermissions": False}}, name="c")
_OPEN = resource(_CLUSTER, {}, name="c")
_GRANT = resource(_ENTRY, {}, name="grant")

CASES = {
    "custom-resources-wait-for-their-definition": RuleCases(
        passing=[
            Case(_object(after=[_CRDS]), others=[_CRDS]),
            Case(_object(after=[_BETWEEN]), others=[_CRDS, _CONTROLLER, _BETWEEN]),
            Case(_object(after=[_DEFINED]), others=[_DEFINED]),
            Case(_object(), others=[_MONITOR_CRDS]),  # brought by another stack
            Case(_object("kubernetes:apps/v1:Deployment"), others=[_CRDS]),
            # Its chart is told to bring none, so it is not what there is to wait for.
            Case(_object(_SCALED), others=[_release("keda", "keda", crds={"install": False})]),
        ],
        failing=[
            Case(_object(), others=[_CRDS], findings=[_UNDEFINED]),
            Case(
                _object(_MONITOR, after=[_CRDS]),
                others=[_MONITOR_CRDS, _CRDS],
                findings=[
                    (
                        "dependsOn: the object does not wait for monitor-crds, which defines "
                        "ServiceMonitor.monitoring.coreos.com"
                    )
                ],
            ),
            Case(
                _object(),
                others=[_DEFINED],
                findings=[
                    "dependsOn: the object does not wait for own, which defines InferenceService.serving.kserve.io"
                ],
            ),
        ],
        not_applicable=[_OTHER],
        undecided=[Case(_object(), others=[resource(RELEASE, {"chart": UNKNOWN}, name="unread")])],
    ),
    "objects-wait-for-their-webhook": RuleCases(
        passing=[
            Case(_object(after=[_CONTROLLER]), others=[_CONTROLLER]),
            Case(_object(_MONITOR), others=[_CONTROLLER]),
        ],
        failing=[
            Case(_object(), others=[_CONTROLLER], findings=[_WEBHOOKLESS]),
            Case(_object(after=[_CRDS]), others=[_CONTROLLER, _CRDS], findings=[_WEBHOOKLESS]),
        ],
        not_applicable=[_OTHER],
        undecided=[Case(_object(), others=[resource(RELEASE, {"chart": UNKNOWN}, name="unread")])],
    ),
    "objects-wait-for-their-namespace": RuleCases(
        passing=[
            Case(_object(after=[_SPACE]), others=[_SPACE]),
            Case(_object(namespace="elsewhere"), others=[_SPACE]),
            Case(_object()),
        ],
        failing=[
            Case(
                _object(),
                others=[_SPACE],
                findings=["metadata.namespace: does not wait for space, the namespace it stands in"],
            ),
            Case(
                _RELEASE_THERE,
                others=[_SPACE],
                findings=["namespace: does not wait for space, the namespace it stands in"],
            ),
        ],
        not_applicable=[_OTHER],
        undecided=[Case(_object(namespace=UNKNOWN), others=[_SPACE])],
    ),
    "workloads-wait-for-their-identity": RuleCases(
        passing=[
            Case(_ASSOCIATION, others=[_object(spec=_POD, after=[_ASSOCIATION])]),
            Case(_ASSOCIATION, others=[_object(spec=_POD, namespace="elsewhere")]),
            Case(_ASSOCIATION, others=[_object(spec={"template": {"serviceAccountName": "other"}})]),
        ],
        failing=[
            Case(
                _ASSOCIATION,
                others=[_object(spec=_POD)],
                findings=["serviceAccount: x runs as models/reader and does not wait for it"],
            ),
            Case(
                _ASSOCIATION,
                others=[_object(spec=_NESTED)],
                findings=["serviceAccount: x runs as models/reader and does not wait for it"],
            ),
        ],
        not_applicable=[_OTHER],
        undecided=[
            Case(_ASSOCIATION, others=[_object(spec={"template": {"serviceAccountName": UNKNOWN}})]),
            Case(resource(ASSOCIATION, {"namespace": UNKNOWN, "serviceAccount": "reader"})),
        ],
    ),
    "the-provider-waits-for-access": RuleCases(
        passing=[
            Case(resource(PROVIDER, {}, dependencies=_on(_GRANT)), others=[_CLOSED, _GRANT]),
            Case(resource(PROVIDER, {}), others=[_OPEN, _GRANT]),
            Case(resource(PROVIDER, {})),
        ],
        failing=[
            Case(
                resource(PROVIDER, {}, dependencies=on),
                others=[_CLOSED, _GRANT],
                findings=[
                    (
                        "dependsOn: the provider waits for no access policy association: every request to "
                        "the cluster is refused"
                    )
                ],
            )
            for on in (_on(), _on(_CLOSED))
        ],
        not_applicable=[_OTHER],
        undecided=[
            Case(
                resource(PROVIDER, {}),
                others=[
                    resource(_CLUSTER, {"accessConfig": {"bootstrapClusterCreatorAdminPermissions": UNKNOWN}})
                ],
            )
        ],
    ),
}

test_cases = cases_test(RULES, CASES)


def test_a_chart_runs_as_the_account_its_values_name_or_else_the_only_chart_does():
    rule = next(r for r in RULES if r.id == "workloads-wait-for-their-identity")
    component = resource("slipway:test:Agent", {}, name="agent", custom=False)

    def found(*releases):
        inside = [replace(r, parent=component.urn) for r in (_ASSOCIATION, *releases)]
        return [f.message for f in judge(Graph([component, *inside]), [rule]).findings]

    assert found(_NAMING, _SILENT) == ["serviceAccount: agent runs as models/reader and does not wait for it"]
    assert found(_SILENT) == ["serviceAccount: other runs as models/reader and does not wait for it"]
    assert found(_SILENT, replace(_SILENT, urn="second", name="second")) == []
    assert found(replace(_NAMING, dependencies=_on(_ASSOCIATION)), _SILENT) == []


def test_manifests_have_no_order():
    space = replace(_SPACE, source="f.yaml#Namespace//models")
    found = replace(_object(), source="f.yaml#InferenceService/models/x")
    said = judge(
        Graph([space, found, replace(_DEFINED, source="f.yaml#D//own"), _CONTROLLER, _ASSOCIATION]), RULES
    )
    assert (said.findings, said.undecided, said.faults) == ((), (), ())
