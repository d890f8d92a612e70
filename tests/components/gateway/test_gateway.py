"""What :class:`Gateway` registers. Mocks cannot prove that the charts take their values."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.names import Names
from components.gateway.certificates import CertificatesHandle
from components.gateway.gateway import AuthenticationSettings, Gateway, GatewayArgs, GatewaySettings
from components.gateway.load_balancers import LoadBalancersHandle
from components.mesh.mesh import MeshHandle
from components.network.network import NetworkHandle
from gate.schema.shape import check_shapes

CORE = "kubernetes:core/v1:"
ENVOY = "kubernetes:gateway.envoyproxy.io/v1alpha1:"
TOKEN = AuthenticationSettings(
    issuer="https://login.example.com", jwks_uri="https://login.example.com/keys", audiences=["models"]
)


def settings(**more):
    return GatewaySettings(hostname="models.example.com", authentication=TOKEN, **more)


NAMES = Names(organisation="example", environment="prod", account="111122223333", region="eu-central-1")
ARGS = GatewayArgs(
    settings=settings(),
    names=NAMES,
    network=NetworkHandle(
        vpc_id="vpc-1", vpc_cidr="10.0.0.0/16", node_subnet_ids=["subnet-1"], control_plane_subnet_ids=[]
    ),
    cluster=ClusterHandle(
        name="example-prod",
        arn=NAMES.cluster_arn,
        endpoint="https://api",
        certificate_authority="Y2E=",
        security_group_id="sg-nodes",
    ),
    cluster_addons=ClusterAddonsHandle(),
    certificates=CertificatesHandle(cluster_issuer="internal"),
    load_balancers=LoadBalancersHandle(),
    mesh=MeshHandle(trust_domain="cluster.local"),
    balancer_ranges={"internal": ["10.0.0.0/19"], "public": ["10.0.128.0/23", "10.0.130.0/23"]},
)


@pytest.fixture
def made(deploy):
    return deploy(lambda: Gateway("gateway", ARGS))


def test_every_object_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_the_edge_listens_on_https_only_and_takes_routes_of_its_own_namespace(made):
    assert made.named("gateway-edge").inputs["spec"]["listeners"] == [
        {
            "name": "https",
            "protocol": "HTTPS",
            "port": 443,
            "hostname": "models.example.com",
            "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "edge-certificate"}]},
            "allowedRoutes": {"namespaces": {"from": "Same"}},
        }
    ]


def test_the_inner_gateway_has_a_cluster_address_and_takes_routes_of_models_only(made):
    listener = made.named("gateway-inner").inputs["spec"]["listeners"][0]
    kubernetes = made.named("gateway-inner-proxy").inputs["spec"]["provider"]["kubernetes"]
    assert kubernetes["envoyService"] == {"type": "ClusterIP", "name": "kserve-ingress-gateway"}
    assert listener["allowedRoutes"]["namespaces"] == {
        "from": "Selector",
        "selector": {"matchLabels": {"kubernetes.io/metadata.name": "models"}},
    }


def test_every_request_needs_a_token_and_nobody_else_names_the_caller(made):
    token = made.named("gateway-edge-authentication").inputs["spec"]["jwt"]["providers"][0]
    transport = made.named("gateway-edge-transport").inputs["spec"]
    assert token == {
        "name": "callers",
        "issuer": "https://login.example.com",
        "audiences": ["models"],
        "remoteJWKS": {"uri": "https://login.example.com/keys"},
        "claimToHeaders": [{"claim": "sub", "header": "x-caller"}],
    }
    assert transport["headers"]["earlyRequestHeaders"] == {
        "remove": ["x-caller", "x-ai-eg-model", "x-ai-eg-original-path", "x-ai-eg-internal-req-id"]
    }
    assert transport["tls"]["minVersion"] == "1.2"


def test_the_edge_listens_after_everything_that_protects_it(made):
    waits = made.graph.waits_for(made.named("gateway-edge").urn)
    protecting = (
        "gateway-edge-authentication",
        "gateway-edge-protection",
        "gateway-edge-transport",
        "gateway-edge-deny-requests",
        "gateway-edge-deny-traffic",
        "gateway-controllers-envoy",
        "gateway-controllers-ai",
        "gateway-flows-callers-to-edge-gateway-authorization",
    )
    assert [name for name in protecting if made.named(name).urn not in waits] == []
    inner = made.graph.waits_for(made.named("gateway-inner").urn)
    assert made.named("gateway-inner-protection").urn in inner


def test_nobody_is_told_the_names_of_all_models_unless_the_stack_says_so(deploy, made):
    closed = ["gateway-model-list", "gateway-model-list-access"]
    assert made.named("gateway-edge").urn not in made.graph.waits_for(made.named(closed[0]).urn)
    assert {made.named(name).urn for name in closed} <= made.graph.waits_for(made.named("gateway-edge").urn)
    told = replace(ARGS, settings=ARGS.settings.model_copy(update={"lists_models": True}))
    names = {r.name for r in deploy(lambda: Gateway("gateway", told)).graph}
    assert names.isdisjoint(closed)
    assert "gateway-inner-backend" in names


def test_a_path_that_nobody_has_is_answered_once_the_edge_listens(made):
    route = made.named("gateway-unknown-path")
    waits = made.graph.waits_for(route.urn)
    assert {made.named("gateway-edge").urn, made.named("gateway-unknown-path-answers").urn} <= waits
    assert route.inputs["spec"]["rules"] == []


def test_models_get_what_they_need_to_ask_for_the_same_tokens(deploy):
    gateways = []
    deploy(lambda: gateways.append(Gateway("gateway", ARGS)))
    tokens = gateways[0].handle.tokens()
    assert (tokens.issuer, tokens.jwks_uri, tokens.audiences) == (
        "https://login.example.com",
        "https://login.example.com/keys",
        ["models"],
    )
    assert gateways[0].handle.request_timeout == "300s"


def test_both_controllers_start_after_the_kinds_they_watch(made):
    definitions = {r.urn for r in made.all("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")}
    assert len(definitions) == 8 + 4 + 8 + 6
    for name in ("gateway-controllers-envoy", "gateway-controllers-ai"):
        assert definitions <= made.graph.waits_for(made.named(name).urn)


def test_envoy_gateway_starts_after_the_ai_gateway_that_it_asks_about_every_change(made):
    waits = made.graph.waits_for(made.named("gateway-controllers-envoy").urn)
    assert made.named("gateway-controllers-ai").urn in waits


def test_definitions_stay_when_the_stack_goes(made):
    kept = sorted(r.name for r in made.graph if r.retain_on_delete)
    assert kept == sorted(
        [r.name for r in made.all("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")]
        + [
            f"gateway-controllers-crd-safe-upgrades.gateway.networking.k8s.io-{part}"
            for part in ("policy", "policybinding")
        ]
    )


def test_the_controllers_chart_brings_no_definitions_and_limits_fail_closed(made):
    chart = made.named("gateway-controllers-envoy").inputs
    envoy = chart["values"]["config"]["envoyGateway"]
    assert chart["skipCrds"] is True
    assert chart["values"]["crds"] == {"gatewayAPI": {"safeUpgradePolicy": {"enabled": False}}}
    assert envoy["rateLimit"]["failClosed"] is True
    assert envoy["provider"]["kubernetes"]["deploy"] == {"type": "GatewayNamespace"}


def test_the_controllers_may_tell_each_other_of_hundreds_of_models(made):
    envoy = made.named("gateway-controllers-envoy").inputs["values"]["config"]["envoyGateway"]
    controller = made.named("gateway-controllers-ai").inputs["values"]["controller"]
    assert envoy["extensionManager"]["maxMessageSize"] == "64Mi"
    assert controller["maxRecvMsgSize"] == str(64 * 2**20)


def test_a_connection_on_which_an_answer_has_not_begun_is_kept_alive(made):
    spec = made.named("gateway-edge-transport").inputs["spec"]
    assert spec["tcpKeepalive"] == {"idleTime": "120s", "interval": "60s", "probes": 3}


def test_only_the_edge_may_call_the_inner_gateway(made):
    policy = made.named("gateway-flows-edge-to-inner-gateway-authorization").inputs
    assert policy["metadata"]["namespace"] == "kserve"
    assert policy["spec"]["rules"] == [
        {
            "from": [{"source": {"principals": ["cluster.local/ns/edge/sa/edge"]}}],
            "to": [{"operation": {"ports": ["10080"]}}],
        }
    ]


def test_the_load_balancer_is_internal_and_open_to_private_addresses(made):
    service = made.named("gateway-edge-proxy").inputs["spec"]["provider"]["kubernetes"]["envoyService"]
    assert service == {
        "type": "LoadBalancer",
        "loadBalancerClass": "service.k8s.aws/nlb",
        "annotations": {
            "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
            "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
            "service.beta.kubernetes.io/aws-load-balancer-attributes": "load_balancing.cross_zone.enabled=true",
            "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true",
        },
        "allocateLoadBalancerNodePorts": False,
        "externalTrafficPolicy": "Cluster",
        "loadBalancerSourceRanges": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
    }


def test_a_public_load_balancer_asks_its_proxies_from_the_public_subnets(deploy):
    public = replace(ARGS, settings=settings(exposure="public", source_ranges=["203.0.113.0/24"]))
    made = deploy(lambda: Gateway("gateway", public))
    service = made.named("gateway-edge-proxy").inputs["spec"]["provider"]["kubernetes"]["envoyService"]
    scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme"
    assert service["annotations"][scheme] == "internet-facing"
    assert service["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
    ingress = made.named("gateway-flows-callers-to-edge-gateway-network").inputs["spec"]["ingress"]
    admitted = [peer["ipBlock"]["cidr"] for peer in ingress[0]["from"]]
    assert admitted == ["203.0.113.0/24", "10.0.128.0/23", "10.0.130.0/23"]


def test_ranges_of_the_load_balancer_that_callers_hold_are_not_said_twice(made):
    ingress = made.named("gateway-flows-callers-to-edge-gateway-network").inputs["spec"]["ingress"]
    admitted = [peer["ipBlock"]["cidr"] for peer in ingress[0]["from"]]
    assert admitted == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]


def test_proxies_of_the_edge_are_ready_when_their_load_balancer_finds_them(made):
    gate = "elbv2.k8s.aws/pod-readiness-gate-inject"
    assert made.named("gateway-namespace-edge").inputs["metadata"]["labels"][gate] == "enabled"
    assert gate not in made.named("gateway-namespace-kserve").inputs["metadata"]["labels"]


def test_the_store_answers_the_counting_pods_alone(deploy):
    trial = replace(ARGS, settings=settings(rate_limit_store="in_cluster"))
    made = deploy(lambda: Gateway("gateway", trial))
    pod = made.named("gateway-controllers-rate-limit-store-deployment").inputs["spec"]["template"]["spec"]
    # A build whose default is protected mode would refuse every call but its own.
    assert pod["containers"][0]["args"][-2:] == ["--protected-mode", "no"]
    spec = made.named("gateway-controllers-rate-limit-store-network").inputs["spec"]
    assert spec["egress"] == []
    assert spec["ingress"][0]["from"] == [
        {
            "podSelector": {
                "matchLabels": {
                    "app.kubernetes.io/name": "envoy-ratelimit",
                    "app.kubernetes.io/component": "ratelimit",
                }
            }
        }
    ]


def test_public_exposure_names_its_callers():
    with pytest.raises(ValidationError, match="list the addresses callers come from"):
        settings(exposure="public")
    assert settings(exposure="public", source_ranges=["203.0.113.0/24"]).callers() == ["203.0.113.0/24"]


@pytest.mark.parametrize(
    ("wide", "message"),
    [
        ("0.0.0.0/0", r"more than a /8 \(got '0.0.0.0/0'\)"),
        ("128.0.0.0/1", r"\(got '128.0.0.0/1'\)"),
        ("here", "got 'here'"),
    ],
)
def test_source_ranges_are_ranges_of_somebody(wide, message):
    with pytest.raises(ValidationError, match=message):
        settings(exposure="public", source_ranges=[wide])
