from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.gitops import APPLICATION, PROJECT, RULES, SOURCES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
HERE = "https://kubernetes.default.svc"


def made(type_, **spec):
    return resource(type_, {"spec": spec})


CASES = {
    "delivery-projects-are-bounded": RuleCases(
        passing=[
            Case(made(PROJECT, sourceRepos=["*"], destinations=[{"namespace": "shop", "server": HERE}])),
            Case(made(PROJECT, clusterResourceWhitelist=[{"group": "", "kind": "Namespace"}])),
        ],
        failing=[
            Case(
                made(PROJECT, destinations=[{"namespace": "*", "server": "*"}]),
                findings=["spec.destinations[0].namespace: applications may write into every namespace of *"],
            ),
            Case(
                made(PROJECT, destinations=[{"namespace": "*", "name": "in-cluster"}]),
                findings=[
                    "spec.destinations[0].namespace: applications may write into every namespace of in-cluster"
                ],
            ),
            Case(
                made(PROJECT, clusterResourceWhitelist=[{"group": "*", "kind": "*"}]),
                findings=[
                    "spec.clusterResourceWhitelist[0].kind: applications may write every kind of the whole cluster"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(PROJECT, destinations=UNKNOWN))],
    ),
    "delivery-sources-are-encrypted": RuleCases(
        passing=[
            Case(made(APPLICATION, source={"repoURL": "https://git.example.com/a"})),
            Case(made(SOURCES[0], url="ssh://git@git.example.com/a")),
            Case(made(SOURCES[2], url="oci://registry.example.com/a")),
        ],
        failing=[
            Case(
                made(
                    APPLICATION, sources=[{"repoURL": "git@git.example.com:a"}, {"repoURL": "http://git/a"}]
                ),
                findings=["spec.sources[1].repoURL: http://git/a is fetched in plain text"],
            ),
            Case(
                made(SOURCES[0], url="git://git/a"),
                findings=["spec.url: git://git/a is fetched in plain text"],
            ),
            Case(
                made(SOURCES[2], url="oci://registry/a", insecure=True),
                findings=["spec.insecure: takes plain HTTP and any certificate"],
            ),
            Case(
                made(SOURCES[3], endpoint="minio.svc:9000", insecure=True),
                findings=["spec.insecure: takes plain HTTP and any certificate"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(SOURCES[0], url=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
