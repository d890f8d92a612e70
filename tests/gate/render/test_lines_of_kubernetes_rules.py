"""Findings about Kubernetes objects stand on the line of the stack file, or of the record, that holds the value."""

import pytest

from gate.ingest.adapters import read_paths
from gate.render.origins import Origins, Place
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from tests.conftest import ROOT
from tests.gate.render.test_lines_of_aws_rules import SAMPLE as AWS

FILE = "stacks/Pulumi.test.yaml"
RECORD = "releases/models/chat/v1/release.yaml"
BAD = ROOT / "tests" / "corpus" / "kubernetes" / "bad"
BY_ID = {rule.id: rule for rule in RULES}
SAMPLE = [
    ("ingresses-encrypt", "alb-listens-in-plain-text", """listen: '[{"HTTP":80}]'"""),
    ("language-answers-have-time", "answer-time-backend-request", "answer_time: 20s"),
    ("mesh-policies-are-enforced", "ap-dry-run", 'dry_run: "true"'),
    ("certificates-are-short-lived", "cert-10y", "duration: 87600h"),
    ("certificate-keys-rotate", "cert-never-rotates", "rotation_policy: Never"),
    ("other-network-policies-name-their-peers", "cilium-world", "entities: all"),
    ("secret-stores-are-verified", "clusterss-inline", "vault: http://vault.example.com:8200"),
    ("images-are-pinned", "cnpg-image-latest", "image: example.com/cloudnative-pg/postgresql:latest"),
    ("rbac-bindings-name-subjects", "crb-anonymous-user", "subject: system:anonymous"),
    ("gateway-tls-is-current", "ctp-oldtls", 'min_version: "1.0"'),
    ("destinations-are-encrypted", "dr-disable", "mode: DISABLE"),
    ("callers-cannot-name-themselves", "eg-basic-header", "header: x-team"),
    ("tokens-are-made-for-us", "eg-oidc-http", "issuer: http://idp.example.com"),
    ("services-stay-behind-a-gateway", "envoyproxy-admin-debug", "service: NodePort"),
    ("access-logs-hold-no-credentials", "envoyproxy-logs-authorization", "logged: authorization"),
    ("delivery-sources-are-encrypted", "flux-git-http", "source: http://git.example.com/x.git"),
    ("admission-policies-refuse", "gatekeeper-dryrun", "enforcement: dryrun"),
    ("gateway-listeners-name-who-attaches", "gw-allns", "attaches: All"),
    ("gateway-listeners-encrypt", "gw-http", "protocol: HTTP"),
    ("cors-restricts-origins", "httproute-cors", 'origin: "*"'),
    ("scale-to-zero-has-activation-trigger", "keda-cpu-zero", "min_replica_count: 0"),
    ("scaling-has-a-ceiling", "keda-max-huge-min-over", "least: 10"),
    ("predictive-models-are-admitted", "kserve-blocked-env", "mount: /mnt/models"),
    (
        "inference-graphs-encrypt-what-leaves",
        "kserve-graph-http-external",
        "step: http://api.example.com/v1/m",
    ),
    ("models-ask-no-hub", "kserve-isvc-hf-env", "hub: google-t5/t5-small"),
    ("model-files-come-from-a-store", "kserve-llm-config-hf", "uri: hf://a/b"),
    ("model-images-are-pinned", "kserve-llm-sched-latest", "scheduler: example.com/llm-d/epp:latest"),
    ("containers-run-no-code-of-weights", "kserve-llm-trust-env", "switch: --trust-remote-code"),
    ("model-files-hold-no-code", "kserve-lmc-pickle", "uri: s3://a/b/model.bin.pkl"),
    ("serving-runtimes-ask-no-hub", "kserve-rt-hubarg", "argument: org/name"),
    ("models-keep-authentication", "kserve-visibility-exposed", "visibility: exposed"),
    ("queues-are-there", "kueue-cluster-queue-misspelt", "queue: reserch"),
    ("references-have-grants", "grant-for-another-kind-of-route", "backend: web"),
]


def found_in(rule: str, file: str):
    return [f for f in judge(read_paths([BAD / f"{file}.yaml"]), [BY_ID[rule]]).findings if f.rule == rule]


@pytest.mark.parametrize("place", ["stack", "record"])
@pytest.mark.parametrize(("rule", "file", "setting"), SAMPLE, ids=lambda one: one if " " not in one else "")
def test_a_finding_stands_on_its_line(rule, file, setting, place, tmp_path):
    (tmp_path / "stacks").mkdir()
    lines = ["config:", "  slipway:settings:", "    models:", "      chat:", "        version: v1"]
    lines += ["        other: nothing", f"        {setting}" if place == "stack" else "        more: none"]
    (tmp_path / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    record = tmp_path / RECORD
    record.parent.mkdir(parents=True)
    record.write_text(f"a: b\nc: d\n{setting if place == 'record' else 'e: f'}\n", encoding="utf-8")
    expected = Place(file=FILE, line=7) if place == "stack" else Place(file=RECORD, line=3)
    origins = Origins("test", tmp_path)
    assert expected in [origins.of("model-chat", finding) for finding in found_in(rule, file)]


def test_sixty_rules_are_asked():
    assert len({rule for rule, _, _ in SAMPLE} | {sample[1] for sample in AWS}) >= 60
