"""What pods in view need is let through by NetworkPolicies."""

from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.needed_flows import RULES
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
