"""Findings on files of others: a manifest has lines; a state export has none, and none is made up."""

import json

from gate.ingest.adapters import read_paths
from gate.render.places import Places
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from policies.engine.graph import Graph

BY_ID = {rule.id: rule for rule in RULES}
MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  MODE: fast
  DB_PASSWORD: v7Kq2Zr9xLm
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: gpu}
spec:
  template:
    spec:
      expireAfter: Never
  disruption:
    consolidationPolicy: Balanced
    budgets: []
  limits:
    nvidia.com/gpu: 8
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: gpu}
spec:
  amiSelectorTerms:
  - alias: al2023@latest
  metadataOptions:
    httpTokens: optional
"""


def places(file, rules):
    graph = Graph(read_paths([file]))
    found = judge(graph, [BY_ID[rule] for rule in rules]).findings
    report = Report(subject="files", judged_on="2026-11-23", resources=tuple(graph), findings=found)
    return {finding.rule: Places(report).first(finding).rpartition("/")[2] for finding in found}


def test_a_finding_stands_on_its_line_of_a_manifest(tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(MANIFEST, encoding="utf-8")
    lines = {
        "configuration-holds-no-credentials": 6,
        "gpu-nodes-not-consolidated-when-busy": 16,
        "gpu-pools-are-tainted": 13,
        "node-classes-require-imdsv2": 28,
        "node-images-are-pinned": 26,
    }
    assert places(file, lines) == {rule: f"all.yaml:{line}" for rule, line in lines.items()}


def test_a_state_export_has_no_lines_and_none_is_made_up(tmp_path):
    file = tmp_path / "state.json"
    key = {
        "urn": "urn:pulumi:dev::shop::aws:kms/key:Key::k",
        "type": "aws:kms/key:Key",
        "custom": True,
        "inputs": {"enableKeyRotation": False},
    }
    file.write_text(
        json.dumps({"version": 3, "deployment": {"resources": [key]}}, indent=1), encoding="utf-8"
    )
    assert places(file, ["kms-keys-rotate"]) == {"kms-keys-rotate": ""}
