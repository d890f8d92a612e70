from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.platform.registry import COMPONENT
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.kubernetes.helm_contents import PLATFORM, RULES
from tests.captured import captured
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

KEDA = {
    "chart": "keda",
    "version": "2.18.0",
    "repositoryOpts": {"repo": "https://kedacore.github.io/charts"},
}
OTHER = Case(resource("kubernetes:helm.sh/v3:Chart", {"chart": "keda"}))
MANIFEST = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
AI = {"chart": "oci://docker.io/envoyproxy/ai-gateway-helm", "name": "ai-gateway", "namespace": "n"}


OWN = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
REGISTRY = resource(COMPONENT, {"host": OWN, "prefix": "prod", "own": OWN}, name="registry", custom=False)


def release(**overrides):
    return resource(RELEASE, KEDA | overrides)


CRDS = {"chart": "oci://docker.io/envoyproxy/gateway-crds-helm", "version": "v1.8.1"}
LARGE = {"chart": "oci://ghcr.io/kserve/charts/kserve-llmisvc-crd", "version": "v0.20.0"}

CASES = {
    "helm-records-fit-in-a-secret": RuleCases(
        passing=[Case(release()), Case(release(**LARGE))],
        failing=[
            Case(
                release(**CRDS),
                findings=[
                    (
                        "chart: Helm's record of gateway-crds-helm takes 1,472,336 bytes with its own "
                        "values; a Secret holds 1,048,576"
                    )
                ],
            ),
            Case(
                release(chart="gateway-crds-helm", version="1.8.1"),
                findings=[
                    (
                        "chart: Helm's record of gateway-crds-helm takes 1,472,336 bytes with its own "
                        "values; a Secret holds 1,048,576"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(version=UNKNOWN))],
    ),
    "helm-records-have-room": RuleCases(
        passing=[Case(release()), Case(release(**CRDS))],
        failing=[
            Case(
                release(**LARGE),
                findings=[
                    (
                        "chart: Helm's record of kserve-llmisvc-crd takes 774,904 bytes with its own "
                        "values, 74% of what a Secret holds"
                    )
                ],
            ),
            Case(
                release(chart="oci://docker.io/envoyproxy/ai-gateway-crds-helm", version="v1.0.0"),
                findings=[
                    (
                        "chart: Helm's record of ai-gateway-crds-helm takes 864,092 bytes with its own "
                        "values, 82% of what a Secret holds"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(version=UNKNOWN))],
    ),
    "chart-values-are-rendered": RuleCases(
        passing=[Case(release()), Case(release(chart="./own"))],
        failing=[
            Case(
                release(**AI, version="v1.0.0", values={"controller": {"replicaCount": 7}}),
                findings=[
                    (
                        "values: ai-gateway-helm is in facts/charts, but rendered were other values: its "
                        "objects were not judged"
                    )
                ],
            ),
            Case(
                release(**AI, version="v0.9.0"),
                findings=[
                    (
                        "values: ai-gateway-helm is in facts/charts, but rendered is version v1.0.0: its "
                        "objects were not judged"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(**AI, version=UNKNOWN))],
    ),
    "chart-values-bring-no-extra-objects": RuleCases(
        passing=[Case(release(values={"a": {"b": [1]}})), Case(release(values={"extraObjects": []}))],
        failing=[
            Case(
                release(values={"deep": [{"extraObjects": [MANIFEST]}]}),
                findings=["values.deep.0.extraObjects.0: holds the manifest of a ConfigMap"],
            ),
            Case(
                release(values={"extraManifests": ["{{ include x . }}"]}),
                findings=["values.extraManifests: what stands here becomes objects, and cannot be read"],
            ),
            Case(
                release(values={"note": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}"}),
                findings=["values.note (0): holds the manifest of a Secret"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(values=UNKNOWN))],
    ),
}
PINS = {
    "charts-are-held-to-their-pins": RuleCases(
        passing=[
            Case(release()),
            Case(release(repositoryOpts={"repo": "https://mirror.example.com"})),
            Case(release(), [OURS]),
            Case(release(chart="of-a-stranger")),
            Case(
                release(chart=f"oci://{OWN}/prod/ghcr.io/kedacore/charts/keda", repositoryOpts={}),
                [OURS, REGISTRY],
            ),
            Case(release(repositoryOpts={**KEDA["repositoryOpts"], "caFile": "ca.pem"}), [OURS]),
        ],
        failing=[
            Case(
                release(chart=f"oci://{OWN}/prod/ghcr.io/keda", repositoryOpts={}),
                [OURS, REGISTRY],
                [
                    f"repositoryOpts.repo: oci://{OWN}/prod/ghcr.io; the pin says https://kedacore.github.io/charts"
                ],
            ),
            Case(
                release(postrender="/bin/sh -c curl|sh"),
                findings=[
                    "postrender: a command of this machine changes what the chart renders, with all the deployer may do"
                ],
            ),
            Case(
                release(repositoryOpts={"repo": "https://a.example.com", "password": "p"}),
                findings=["repositoryOpts.password: stands in the program and in the state"],
            ),
            Case(
                release(chart="./charts/keda"),
                findings=[
                    (
                        "chart: ./charts/keda is a folder of this machine; the pinned one comes from "
                        "https://kedacore.github.io/charts"
                    )
                ],
            ),
            Case(
                release(repositoryOpts={"repo": "https://evil.example.com"}, version="2.18.1"),
                [OURS],
                findings=[
                    "repositoryOpts.repo: https://evil.example.com; the pin says https://kedacore.github.io/charts",
                    "version: 2.18.1; the pin says 2.18.0",
                ],
            ),
            Case(
                release(chart="oci://evil.example.com/karpenter", version="1.14.1"),
                [OURS],
                findings=[
                    "repositoryOpts.repo: oci://evil.example.com; the pin says oci://public.ecr.aws/karpenter"
                ],
            ),
            Case(
                release(chart="of-a-stranger"),
                [OURS],
                findings=["chart: of-a-stranger has no pin in facts/pins/charts.yaml"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(repositoryOpts=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES | PINS)


def test_every_rendering_is_of_the_values_the_platform_passes():
    """A value changed and nobody ran ``make charts``: what its chart installs would go unjudged."""
    stale = [r for r in PLATFORM if r.id == "chart-values-are-rendered"]
    assert [f.message for name in ("dev", "prod") for f in judge(captured(name).graph, stale).findings] == []


def test_a_release_that_brings_rendered_objects_is_measured_with_its_values():
    graph = captured("dev").graph
    assert judge(Graph(graph), [r for r in RULES if "records" in r.id]).findings == ()
