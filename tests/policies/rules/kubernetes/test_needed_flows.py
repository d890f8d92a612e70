"""What pods in view need is let through by NetworkPolicies."""

from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.needed_flows import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.corpus_cases import corpus_test

CREDENTIALS = "pods-reach-their-credentials"

test_files_of_the_corpus = corpus_test(
    [rule for rule in RULES if rule.id != CREDENTIALS], "kubernetes/needed_flows"
)

ASSOCIATION = resource(
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    {"namespace": "tools", "serviceAccount": "reader"},
)
AGENT = {"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"port": 80, "protocol": "TCP"}]}
DNS = {"ports": [{"port": 53, "protocol": "UDP"}]}
NO_AGENT = "spec.egress: pods of tools/reader have a pod identity and no rule lets them reach 169.254.170.23 on port 80"
NO_NAMES = "spec.egress: pods of tools/reader call AWS by name and no rule lets them reach DNS on port 53"


def policy(*egress, **spec):
    given = {"podSelector": {}, "policyTypes": ["Egress"], "egress": list(egress), **spec}
    metadata = {"name": "ways-out", "namespace": "tools"}
    return resource(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": given},
    )


test_ways_to_credentials = cases_test(
    [rule for rule in RULES if rule.id == CREDENTIALS],
    {
        CREDENTIALS: RuleCases(
            passing=[
                Case(policy(AGENT, DNS), [ASSOCIATION]),
                Case(policy(DNS)),
                Case(policy(), [ASSOCIATION]),  # whoever brings the pods opens it
            ],
            failing=[
                Case(policy(DNS), [ASSOCIATION], [NO_AGENT]),
                Case(policy(AGENT), [ASSOCIATION], [NO_NAMES]),
            ],
            not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
            undecided=[Case(policy(DNS, policyTypes=UNKNOWN), [ASSOCIATION])],
        )
    },
)


def space(name, **labels):
    said = {"name": name, "labels": {"kubernetes.io/metadata.name": name, **labels}}
    return resource("kubernetes:core/v1:Namespace", {"metadata": said}, name)


def network(name, namespace="models", *, selects=None, **spec):
    given = {"podSelector": {"matchLabels": selects} if selects else {}, **spec}
    metadata = {"name": name, "namespace": namespace}
    return resource(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        {"metadata": metadata, "spec": given},
        f"{namespace}-{name}",
    )


def from_agents(port=15008, **labels):
    chosen = {"matchLabels": {"kubernetes.io/metadata.name": "agents"}}
    peer = {"namespaceSelector": chosen, **({"podSelector": {"matchLabels": labels}} if labels else {})}
    return {"from": [peer], "ports": [{"port": port, "protocol": "TCP"}]}


def to_models(port=15008, selects=None, **labels):
    chosen = {"matchLabels": {"kubernetes.io/metadata.name": "models"}}
    to = {"namespaceSelector": chosen, "podSelector": {"matchLabels": labels}}
    way = {"to": [to], "ports": [{"port": port, "protocol": "TCP"}]}
    return network("ways-out", "agents", selects=selects, policyTypes=["Egress"], egress=[way])


SPACES = [space("agents"), space("models")]
CLOSED = network("deny", "agents", policyTypes=["Ingress", "Egress"])
KEPT_IN = (
    "spec.ingress[0].from[0]: lets in pods of agents ({}), which are closed in, and no policy there lets them out to "
    "these"
)


def door(*ingress, **labels):
    return network("door", selects={"app": "chat", **labels}, ingress=list(ingress))


S3 = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"


def predictive(uri="s3://models/minilm/"):
    spec = {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": uri}}}
    return resource(
        S3, {"kind": "InferenceService", "metadata": {"name": "m", "namespace": "models"}, "spec": spec}
    )


def language(uri="s3://models/chat/"):
    spec = {"model": {"uri": uri}}
    return resource(
        LLM, {"kind": "LLMInferenceService", "metadata": {"name": "m", "namespace": "models"}, "spec": spec}
    )


def https(*cidrs, selects=None):
    way = {"ports": [{"port": 443, "protocol": "TCP"}], "to": [{"ipBlock": {"cidr": one}} for one in cidrs]}
    return network("out", selects=selects, policyTypes=["Egress"], egress=[way])


SHUT = network("deny", policyTypes=["Ingress", "Egress"])
VPC = resource("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})


def endpoint(type_="Interface", service="com.amazonaws.eu-central-1.s3", **inputs):
    return resource(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"serviceName": service, "vpcEndpointType": type_, "subnetIds": ["s"], **inputs},
    )


NO_WAY = "spec.{}: is in S3, and no policy lets pods of m out on port 443"
NO_ENDPOINT = (
    "spec.{}: is in S3, pods of m are let out to private addresses only, and no interface endpoint of S3 stands in a "
    "subnet"
)
FILES = "predictor.model.storageUri"


def worker(where="agents", labels=(("app", "plan"),), **pod):
    template = {"metadata": {"labels": dict(labels)}, "spec": pod}
    return resource(
        "kubernetes:apps/v1:Deployment",
        {"metadata": {"name": "plan", "namespace": where}, "spec": {"template": template}},
    )


def ask(where="agents", selects=None, protocol="UDP"):
    way = {"ports": [{"port": 53, "protocol": protocol}], "to": [{"namespaceSelector": {}}]}
    return network("ask", where, selects=selects, policyTypes=["Egress"], egress=[way])


NAMELESS = [
    (
        "spec.template.metadata.labels: its pods are let out to others, which they call by name, and no policy lets "
        "them out to port 53"
    )
]

test_of_the_platform = cases_test(
    PLATFORM,
    {
        "closed-pods-resolve-names": RuleCases(
            passing=[
                Case(worker(), [CLOSED, to_models(app="chat"), ask()]),
                Case(worker(), [CLOSED, to_models(app="chat"), ask(selects={"app": "plan"}, protocol="TCP")]),
                Case(worker(), [CLOSED]),  # calls nobody
                Case(worker(), [to_models(selects={"app": "act"}, app="chat")]),
                Case(worker(hostNetwork=True), [CLOSED, to_models(app="chat")]),
                Case(worker(dnsPolicy="None"), [CLOSED, to_models(app="chat")]),
            ],
            failing=[
                Case(worker(), [CLOSED, to_models(app="chat")], NAMELESS),
                Case(worker(), [to_models(selects={"app": "plan"}, app="chat")], NAMELESS),
                Case(worker(), [CLOSED, to_models(app="chat"), ask(selects={"app": "act"})], NAMELESS),
                Case(worker(), [CLOSED, to_models(app="chat"), ask("models")], NAMELESS),
                Case(worker(), [CLOSED, to_models(8000, app="chat")], NAMELESS),
            ],
            not_applicable=[Case(SPACES[0])],
            undecided=[Case(worker(labels=[("app", UNKNOWN)]), [CLOSED, to_models(app="chat")])],
        ),
        "callers-are-let-out": RuleCases(
            passing=[
                Case(door(from_agents(app="plan")), [*SPACES, CLOSED, to_models(app="chat")]),
                Case(door(from_agents(app="plan")), [*SPACES, CLOSED, to_models(selects={"app": "plan"})]),
                Case(door(from_agents(app="plan")), [*SPACES, CLOSED, to_models(selects={"part": "worker"})]),
                Case(door(from_agents(app="plan")), SPACES),  # nothing closes them in
                Case(
                    door(from_agents(app="plan")),
                    [*SPACES, network("deny", "agents", policyTypes=["Ingress"])],
                ),
                Case(door(from_agents(8000)), [*SPACES, CLOSED, to_models(8000)]),
                Case(door({"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}), [*SPACES, CLOSED]),
                Case(door(from_agents(app="plan")), [CLOSED]),  # another stack's namespace
            ],
            failing=[
                Case(door(from_agents(app="plan")), [*SPACES, CLOSED], [KEPT_IN.format("app=plan")]),
                Case(door(from_agents()), [*SPACES, CLOSED], [KEPT_IN.format("all of them")]),
                Case(
                    door(from_agents(app="plan")),
                    [*SPACES, CLOSED, to_models(selects={"app": "act"})],
                    [KEPT_IN.format("app=plan")],
                ),
                Case(
                    door(from_agents(app="plan")),
                    [*SPACES, CLOSED, to_models(app="rerank")],
                    [KEPT_IN.format("app=plan")],
                ),
                Case(
                    door(from_agents(app="plan")),
                    [*SPACES, CLOSED, to_models(8000)],
                    [KEPT_IN.format("app=plan")],
                ),
            ],
            not_applicable=[Case(SPACES[0])],
            undecided=[Case(door(from_agents(app=UNKNOWN)), [*SPACES, CLOSED])],
        ),
        "models-reach-their-files": RuleCases(
            passing=[
                Case(predictive()),
                Case(predictive(), [SHUT, https("0.0.0.0/0")]),
                Case(predictive(), [SHUT, https("10.0.1.0/27"), VPC, endpoint()]),
                Case(predictive(), [SHUT, https("10.0.1.0/27")]),  # the network is another stack's
                Case(predictive("pvc://files/m"), [SHUT]),
                Case(language(), [SHUT, https("0.0.0.0/0", selects={"kserve.io/component": "workload"})]),
            ],
            failing=[
                Case(predictive(), [SHUT], [NO_WAY.format(FILES)]),
                Case(language(), [SHUT], [NO_WAY.format("model.uri")]),
                Case(
                    language(),
                    [SHUT, https("0.0.0.0/0", selects={"kserve.io/component": "router"})],
                    [NO_WAY.format("model.uri")],
                ),
                Case(predictive(), [SHUT, https("10.0.1.0/27"), VPC], [NO_ENDPOINT.format(FILES)]),
                Case(
                    predictive(),
                    [SHUT, https("10.0.1.0/27"), VPC, endpoint("Gateway")],
                    [NO_ENDPOINT.format(FILES)],
                ),
                Case(
                    predictive(),
                    [SHUT, https("10.0.1.0/27"), VPC, endpoint(subnetIds=[])],
                    [NO_ENDPOINT.format(FILES)],
                ),
            ],
            not_applicable=[Case(VPC)],
            undecided=[Case(predictive(UNKNOWN), [SHUT])],
        ),
    },
)
