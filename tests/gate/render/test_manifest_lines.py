"""Findings in manifests stand at the line of their property: in SARIF, in the terminal, in Markdown."""

import io

import pytest
from rich.console import Console

from gate.ingest.adapters import read_paths
from gate.render.manifest_lines import Manifests
from gate.render.markdown import as_markdown
from gate.render.sarif import as_sarif
from gate.render.terminal import show
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from tests.conftest import ROOT

BAD = ROOT / "tests" / "corpus" / "kubernetes" / "bad"
BY_ID = {rule.id: rule for rule in RULES}
FOUND = [
    ("ingress-other-host-tls.yaml", "ingresses-encrypt", "spec.rules[0].host", 9),
    ("alertmanager-root.yaml", "pods-meet-restricted-pss", "spec.securityContext.runAsNonRoot", 11),
    ("ambient-open.yaml", "allow-policies-name-their-caller", "spec.rules[1].from", 11),
    ("anp-allow.yaml", "other-network-policies-name-their-peers", "spec.ingress[0].from[0]", 10),
    ("apiservice-skipverify.yaml", "api-extensions-are-verified", "spec.insecureSkipTLSVerify", 8),
    (
        "argo-app-latest-auto.yaml",
        "delivery-projects-are-bounded",
        "spec.clusterResourceWhitelist[0].kind",
        8,
    ),
    (
        "mem-unbounded-in-podtemplate.yaml",
        "containers-are-bounded",
        "template.spec.containers[0].resources",
        28,
    ),
    ("argo-script-pip.yaml", "containers-run-what-their-image-holds", "spec.templates[0].script.source", 35),
    ("clusterrole-csr.yaml", "rbac-roles-do-not-escalate", "rules[0].resources[0]", 10),
    ("clusterrole-wildcard.yaml", "rbac-roles-name-resources-and-verbs", "rules[0].verbs", 11),
    ("helmrelease-latest.yaml", "images-are-pinned", "spec.values.image.image", 16),
    ("crb-anonymous-user.yaml", "rbac-bindings-name-subjects", "subjects[0].name", 7),
    ("crb-kubelet-admin.yaml", "rbac-bindings-are-not-cluster-admin", "subjects[0].name", 7),
    ("ambient-open.yaml", "http-rules-have-a-waypoint", "spec.rules[1].to[0].operation.paths", 11),
    ("ap-dry-run.yaml", "mesh-policies-are-enforced", "metadata.annotations[istio.io/dry-run]", 7),
    ("dr-disable.yaml", "destinations-are-encrypted", "spec.trafficPolicy.tls.mode", 11),
    ("gw-tls-none.yaml", "istio-gateways-encrypt", "spec.servers[1].port.protocol", 11),
    ("pa-disable-port.yaml", "plain-text-is-a-named-exception", "spec.portLevelMtls.8080.mode", 15),
    ("ra-no-issuer-http.yaml", "token-keys-are-fetched-encrypted", "spec.jwtRules[0].jwksUri", 8),
    ("se-cidr-world.yaml", "service-entries-name-their-hosts", "spec.addresses[0]", 7),
    ("sidecar-allow-any.yaml", "sidecars-know-their-ways-out", "spec.outboundTrafficPolicy.mode", 6),
    ("ztunnel-reads-no-tokens.yaml", "tokens-are-read-by-a-waypoint", "spec.jwtRules", 34),
    ("backend-skipverify.yaml", "backends-are-verified", "spec.tls.insecureSkipVerify", 8),
    ("cert-10y.yaml", "certificates-are-short-lived", "spec.duration", 8),
    ("cert-leaf-isca.yaml", "leaf-certificates-come-from-an-authority", "spec.isCA", 7),
    ("cert-never-rotates.yaml", "certificate-keys-rotate", "spec.privateKey.rotationPolicy", 5),
    ("ctp-client-cert-optional.yaml", "auth-does-not-fail-open", "spec.tls.clientValidation.optional", 10),
    ("ctp-oldtls.yaml", "gateway-tls-is-current", "spec.tls.minVersion", 13),
    ("eg-oidc-http.yaml", "tokens-are-made-for-us", "spec.oidc.provider.issuer", 8),
    ("svc-halves.yaml", "load-balancers-name-their-callers", "spec.loadBalancerSourceRanges[0]", 8),
    (
        "gw-allns.yaml",
        "gateway-listeners-name-who-attaches",
        "spec.listeners[0].allowedRoutes.namespaces.from",
        19,
    ),
    ("gw-http.yaml", "gateway-listeners-encrypt", "spec.listeners[0].protocol", 12),
    ("httproute-cors.yaml", "cors-restricts-origins", "spec.rules[0].filters[0].cors.allowOrigins[0]", 8),
    (
        "mcproute-default-allow.yaml",
        "tool-routes-ask-who-calls",
        "spec.securityPolicy.authorization.defaultAction",
        16,
    ),
    ("sp-allow-default.yaml", "authorization-denies-by-default", "spec.authorization.defaultAction", 13),
    (
        "engine-load-sglang-pod.yaml",
        "engines-are-not-killed-while-they-load",
        "spec.containers[0].livenessProbe",
        49,
    ),
    (
        "engine-switch-isvc-env.yaml",
        "engines-open-no-administration",
        "spec.predictor.model.env[0].value",
        27,
    ),
    ("isvc-hf.yaml", "models-ask-no-hub", "spec.predictor.model.storageUri", 16),
    ("isvc-hf.yaml", "models-have-one-version", "spec.predictor.model.storageUri", 16),
    ("isvc-pickle.yaml", "model-files-hold-no-code", "spec.predictor.model.storageUri", 16),
    ("keda-cluster-trigger-inline.yaml", "triggers-authenticate", "spec.triggers[0].metadata.password", 10),
    ("keda-cpu-zero.yaml", "scale-to-zero-has-activation-trigger", "spec.minReplicaCount", 7),
    ("keda-max-huge-min-over.yaml", "scaling-has-a-ceiling", "spec.minReplicaCount", 7),
    ("kserve-blocked-env.yaml", "predictive-models-are-admitted", "spec.predictor.model.env[0].value", 41),
    ("kserve-canary-over100.yaml", "canaries-can-become-stable", "spec.canary", 40),
    ("kserve-graph-notarget.yaml", "inference-graphs-are-admitted", "spec.nodes.root.steps[0]", 12),
    ("kserve-llm-config-hf.yaml", "model-files-come-from-a-store", "spec.model.uri", 9),
    ("kserve-llm-scaling-minmax.yaml", "language-models-are-admitted", "spec.scaling.minReplicas", 41),
    (
        "otel-exports-in-plain-text.yaml",
        "telemetry-leaves-encrypted",
        "spec.config.exporters.otlphttp.endpoint",
        46,
    ),
    ("sm-bearer.yaml", "monitors-send-no-token-of-prometheus", "spec.endpoints[0].bearerTokenFile", 10),
    # what is missing: the line of what would hold it
    ("ap-empty-rule.yaml", "allow-policies-name-their-caller", "spec.rules[0].from", 9),
    ("isvc-hf.yaml", "models-run-as-themselves", "spec.predictor.serviceAccountName", 10),
    ("kserve-rt-nolimits.yaml", "containers-are-bounded", "spec.containers[0].resources", 16),
    ("svc-lb-public.yaml", "load-balancers-name-their-callers", "spec.loadBalancerSourceRanges", 7),
]
"""A file, a rule, the path of its finding, and the line that an editor shows there."""


@pytest.mark.parametrize(("file", "rule", "path", "line"), FOUND)
def test_a_finding_stands_at_the_line_of_its_property(file, rule, path, line):
    graph = read_paths([BAD / file])
    findings = tuple(f for f in judge(graph, [BY_ID[rule]]).findings if f.path == path)
    report = Report(subject="files", judged_on="2026-11-29", resources=graph.resources, findings=findings)
    places = [result["locations"][0]["physicalLocation"] for result in as_sarif(report)["runs"][0]["results"]]
    assert {place["region"]["startLine"] for place in places} == {line}
    assert {place["artifactLocation"]["uri"].rpartition("/")[2] for place in places} == {file}
    terminal = io.StringIO()
    show(report, Console(file=terminal, width=300), details=False)
    assert f"at: {BAD / file}:{line}\n" in terminal.getvalue()
    assert f"| `{BAD / file}:{line}` |" in as_markdown(report)


def test_the_sample_is_of_every_domain():
    assert len({rule for _, rule, _, _ in FOUND}) >= 30


LIST = """\
apiVersion: v1
kind: PodList
items:
- metadata: {name: a}
  spec:
    hostNetwork: true
- metadata: {name: b}
---
{apiVersion: v1, kind: Pod, metadata: {name: b},
 spec: {containers: [{name: x, image: y}]}}
"""


@pytest.mark.parametrize(
    ("urn", "name", "path", "line"),
    [
        ("", "Pod/default/a", "spec.hostNetwork", 6),
        ("", "Pod/default/a", "", 4),
        ("", "Pod/default/b", "spec", 7),
        ("~2", "Pod/default/b", "spec.containers[x].image", 10),
        ("~3", "Pod/default/b", "spec", 0),
        ("", "Pod/default/c", "", 0),
    ],
)
def test_items_of_lists_and_objects_that_are_called_alike(tmp_path, urn, name, path, line):
    (tmp_path / "l.yaml").write_text(LIST, encoding="utf-8")
    source = f"{tmp_path}/l.yaml#{name}"
    assert Manifests().line(f"{source}{urn}", source, path) == line


@pytest.mark.parametrize("text", [None, b"\xff\xfe", b"a: ["])
def test_a_file_that_changed_since_it_was_judged_has_no_lines(tmp_path, text):
    if text is not None:
        (tmp_path / "l.yaml").write_bytes(text)
    source = f"{tmp_path}/l.yaml#Pod/default/a"
    assert Manifests().line(source, source, "spec") == 0
