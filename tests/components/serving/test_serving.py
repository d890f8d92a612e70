"""What :class:`Serving` registers. Mocks cannot prove that the charts take their values."""

import pytest

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.gateway.certificates import CertificatesHandle
from components.mesh.mesh import MeshHandle
from components.serving.serving import Serving, ServingArgs, ServingSettings, llm_values, predictive_values
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.rules.kubernetes.dependencies import RULES as ORDER
from tests.components.model_examples import GATEWAY

RELEASE = "kubernetes:helm.sh/v3:Release"
DEFINED = (
    "clusterservingruntimes",
    "clusterstoragecontainers",
    "inferencegraphs",
    "inferenceservices",
    "llminferenceserviceconfigs",
    "llminferenceservices",
    "servingruntimes",
    "trainedmodels",
)
CONTROLLERS = ("kserve-controller-manager", "llmisvc-controller-manager")


@pytest.fixture
def made(deploy, names):
    args = ServingArgs(
        settings=ServingSettings(),
        names=names,
        api_server_range="10.1.0.0/16",
        cluster_addons=ClusterAddonsHandle(),
        certificates=CertificatesHandle(cluster_issuer="internal"),
        mesh=MeshHandle(trust_domain="cluster.local"),
        gateway=GATEWAY,
    )
    return deploy(lambda: Serving("serving", args))


def test_every_object_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_exactly_these_are_made(made):
    ways = [
        f"serving-flows-api-server-to-{controller}-{role}"
        for controller in CONTROLLERS
        for role in ("authentication", "authorization", "network")
    ]
    assert sorted(name for _, name in made.children("serving")) == sorted(
        [
            *ways,
            *(f"serving-crd-{kind}.serving.kserve.io" for kind in DEFINED),
            "serving-controller",
            "serving-llm-config-engine",
            "serving-llm-config-route",
            "serving-llm-config-scheduler",
            "serving-llm-config-tracing",
            "serving-llm-controller",
            "serving-llm-controller-budget",
            "serving-runtime-huggingface",
            "serving-runtime-huggingface-gpu",
            "serving-runtime-lightgbm",
            "serving-runtime-openvino",
            "serving-runtime-xgboost",
            "serving-storage-container",
        ]
    )


def test_kserve_runs_in_standard_mode_behind_the_inner_gateway():
    kserve = predictive_values()["kserve"]
    assert kserve["controller"]["deploymentMode"] == "Standard"
    assert kserve["controller"]["gateway"] == {
        "domain": "models.internal",
        "disableIstioVirtualHost": True,
        "ingressGateway": {
            "enableGatewayApi": True,
            "kserveGateway": "kserve/kserve-ingress-gateway",
            "createGateway": False,
            "className": "envoy",
        },
    }
    assert kserve["storage"]["resources"]["limits"] == {"cpu": "2", "memory": "8Gi"}


def test_the_llm_controller_owns_no_shared_object_and_no_definition_of_pools(made):
    kserve = llm_values()["kserve"]
    assert kserve["createSharedResources"] is False
    assert kserve["llmisvc"]["createGIECRDs"] is False
    assert kserve["llmisvc"]["controller"]["replicas"] == 2
    charts = {r.name: r.inputs["chart"].rpartition("/")[2] for r in made.all(RELEASE)}
    assert charts == {
        "serving-controller": "kserve-resources",
        "serving-llm-controller": "kserve-llmisvc-resources",
    }


def test_definitions_come_before_both_controllers_and_outlive_the_stack(made):
    definitions = {r.urn for r in made.all("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")}
    assert {r.urn for r in made.graph if r.retain_on_delete} == definitions
    assert len(definitions) == len(DEFINED)
    for name in ("serving-controller", "serving-llm-controller"):
        assert definitions <= made.graph.waits_for(made.named(name).urn)


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_the_api_server_reaches_a_webhook_from_the_vpc_and_the_kubelet_its_health(made, controller):
    name = f"serving-flows-api-server-to-{controller}"
    selector = {"matchLabels": {"control-plane": controller}}
    peer = made.named(f"{name}-authentication").inputs
    assert peer["metadata"]["annotations"]["slipway.dev/mesh-exception"] == "api-server-to-webhook"
    assert peer["spec"] == {
        "selector": selector,
        "mtls": {"mode": "STRICT"},
        "portLevelMtls": {"9443": {"mode": "PERMISSIVE"}},
    }
    assert made.named(f"{name}-authorization").inputs["spec"]["rules"] == [
        {
            "from": [{"source": {"ipBlocks": ["10.1.0.0/16"]}}],
            "to": [{"operation": {"ports": ["9443"]}}],
        }
    ]
    network = made.named(f"{name}-network").inputs["spec"]
    assert network["podSelector"] == selector
    assert network["ingress"] == [
        {"from": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": [{"port": 9443, "protocol": "TCP"}]},
        {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}], "ports": [{"port": 8081, "protocol": "TCP"}]},
    ]


def test_controllers_start_when_their_ways_are_open_and_objects_come_after_them(made):
    ways = {r.urn for r in made.graph if r.custom and r.name.startswith("serving-flows-")}
    assert len(ways) == 6
    for name in ("serving-controller", "serving-llm-controller"):
        assert ways <= made.graph.waits_for(made.named(name).urn)
    controllers = {made.named(n).urn for n in ("serving-controller", "serving-llm-controller")}
    for name in ("serving-runtime-huggingface", "serving-llm-config-route"):
        assert controllers <= made.graph.waits_for(made.named(name).urn)
    assert judge(made.graph, ORDER).findings == ()


def test_one_llm_controller_stays_when_a_node_is_drained(made):
    assert made.named("serving-llm-controller-budget").inputs["spec"] == {
        "minAvailable": 1,
        "selector": {"matchLabels": {"control-plane": "llmisvc-controller-manager"}},
    }
