"""What a rule calls the same as a check of checkov, both find in one file of the corpus."""

from pathlib import Path

import pytest

from gate.checkov.asking import ask, server, shown_to_checkov
from gate.checkov.terraform_plan import as_plan
from gate.core.checkout import ROOT
from gate.ingest.adapters import read_paths
from gate.render.exports import as_manifests
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge

CORPUS = Path(__file__).parents[2] / "corpus"
PAIRS = (
    ("aws/bad/block-partly.json", "public-access-blocks-are-whole", "CKV_AWS_56"),
    ("aws/bad/ecr-mutable.json", "ecr-scans-on-push", "CKV_AWS_163"),
    ("aws/bad/ecr-mutable.json", "ecr-tags-are-immutable", "CKV_AWS_51"),
    ("aws/bad/ecr-mutable.json", "ecr-uses-cmk", "CKV_AWS_136"),
    ("aws/bad/eks-ng-ssh.json", "nodes-have-no-ssh", "CKV_AWS_100"),
    ("aws/bad/eks-public.json", "cluster-api-answers-inside-the-vpc", "CKV_AWS_39"),
    ("aws/bad/eks-public.json", "eks-api-not-public", "CKV_AWS_38"),
    ("aws/bad/eks-public.json", "eks-control-plane-logs-enabled", "CKV_AWS_37"),
    ("aws/bad/eks-public.json", "eks-secrets-use-cmk", "CKV_AWS_58"),
    ("aws/bad/iam-admin-attached.json", "roles-do-not-administer", "CKV_AWS_274"),
    ("aws/bad/iam-admin-attached.json", "roles-have-no-broad-policy", "CKV_AWS_274"),
    ("aws/bad/iam-encrypted-input.json", "permissions-name-their-actions", "CKV_AWS_63"),
    ("aws/bad/iam-iamfull.json", "roles-have-no-broad-policy", "CKV2_AWS_56"),
    ("aws/bad/iam-split.json", "permissions-name-their-resources", "CKV_AWS_355"),
    ("aws/bad/kms-norotate.json", "kms-keys-rotate", "CKV_AWS_7"),
    ("aws/bad/kms-star.json", "keys-name-their-users", "CKV_AWS_33"),
    ("aws/bad/logs.json", "log-groups-have-retention", "CKV_AWS_66"),
    ("aws/bad/logs.json", "log-groups-use-cmk", "CKV_AWS_158"),
    ("aws/bad/lt-imds.json", "launch-templates-require-imdsv2", "CKV_AWS_79"),
    ("aws/bad/patch-daemonset-privileged.json", "pods-meet-restricted-pss", "CKV_K8S_23"),
    ("aws/bad/patch-daemonset-privileged.json", "pods-meet-restricted-pss", "CKV_K8S_29"),
    ("aws/bad/patch-statefulset-host-path.json", "pods-meet-restricted-pss", "CKV_K8S_30"),
    ("aws/bad/public-asg.json", "template-gives-no-public-address", "CKV_AWS_88"),
    ("aws/bad/public-asg.json", "vpcs-close-their-default-group", "CKV2_AWS_12"),
    ("aws/bad/s3-bare.json", "buckets-block-public-access", "CKV2_AWS_6"),
    ("aws/bad/s3-bare.json", "buckets-keep-versions", "CKV_AWS_21"),
    ("aws/bad/s3-bare.json", "buckets-log-access", "CKV_AWS_18"),
    ("aws/bad/s3-bare.json", "buckets-use-cmk", "CKV_AWS_145"),
    ("aws/bad/sg-v6.json", "security-groups-offer-the-internet-only-the-web", "CKV_AWS_24"),
    ("aws/bad/sg-v6.json", "security-groups-offer-the-internet-only-the-web", "CKV_AWS_25"),
    ("aws/bad/sqs-star.json", "queue-senders-are-named", "CKV_AWS_168"),
    ("aws/bad/sqs-star.json", "queue-senders-are-named", "CKV_AWS_387"),
    ("aws/bad/subnet-public.json", "subnets-give-no-public-addresses", "CKV_AWS_130"),
    ("aws/bad/trail.json", "cloudtrail-log-validation-and-kms", "CKV_AWS_35"),
    ("aws/bad/trail.json", "cloudtrail-log-validation-and-kms", "CKV_AWS_36"),
    ("aws/bad/trail.json", "cloudtrail-multi-region-enabled", "CKV_AWS_67"),
    ("aws/bad/trust-aws-star.json", "roles-trust-named-principals", "CKV_AWS_60"),
    ("aws/bad/trust-other-id.json", "roles-trust-no-whole-other-account", "CKV_AWS_61"),
    ("aws/bad/vpc-noflow.json", "vpcs-log-their-flows", "CKV2_AWS_11"),
    ("kubernetes/bad/clusterrole-escalate.yaml", "rbac-roles-do-not-escalate", "CKV_K8S_158"),
    ("kubernetes/bad/clusterrole-webhooks.yaml", "rbac-roles-do-not-escalate", "CKV_K8S_155"),
    ("kubernetes/bad/cr-all-sub.yaml", "rbac-roles-name-resources-and-verbs", "CKV_K8S_49"),
    ("kubernetes/bad/cronjob-priv.yaml", "pods-meet-restricted-pss", "CKV_K8S_16"),
    ("kubernetes/bad/cronjob-priv.yaml", "pods-meet-restricted-pss", "CKV_K8S_20"),
    ("kubernetes/bad/cronjob-priv.yaml", "pods-meet-restricted-pss", "CKV_K8S_28"),
    ("kubernetes/bad/cronjob-priv.yaml", "pods-meet-restricted-pss", "CKV_K8S_37"),
    ("kubernetes/bad/cronjob-priv.yaml", "root-filesystems-are-read-only", "CKV_K8S_22"),
    ("kubernetes/bad/default-sa-token-mounted-in-replicaset.yaml", "pods-share-no-token", "CKV_K8S_38"),
    (
        "kubernetes/bad/default-sa-token-mounted-in-replicaset.yaml",
        "tokens-are-mounted-where-asked-for",
        "CKV_K8S_38",
    ),
    ("kubernetes/bad/hostnetwork-in-rc.yaml", "pods-meet-restricted-pss", "CKV_K8S_19"),
    ("kubernetes/bad/hostnetwork-in-rc.yaml", "pods-meet-restricted-pss", "CKV_K8S_31"),
    ("kubernetes/bad/ingress-snippet.yaml", "ingresses-bring-no-configuration", "CKV_K8S_153"),
    ("kubernetes/bad/list-of-list.yaml", "pods-meet-restricted-pss", "CKV_K8S_17"),
    ("kubernetes/bad/multidoc-last.yaml", "pods-meet-restricted-pss", "CKV_K8S_18"),
    ("kubernetes/bad/pod-docker-sock.yaml", "pods-meet-restricted-pss", "CKV_K8S_27"),
    ("kubernetes/bad/pod-nolimits.yaml", "containers-are-bounded", "CKV_K8S_10"),
    ("kubernetes/bad/pod-nolimits.yaml", "containers-are-bounded", "CKV_K8S_12"),
    ("kubernetes/bad/pod-nolimits.yaml", "containers-are-bounded", "CKV_K8S_13"),
    ("kubernetes/bad/pod-notag.yaml", "images-are-pinned", "CKV_K8S_14"),
    ("kubernetes/bad/server-reads-every-secret.yaml", "servers-read-their-own-secrets", "CKV2_K8S_5"),
)
FILES = sorted({path for path, _, _ in PAIRS})


@pytest.fixture(scope="module")
def checkov():
    with server(ROOT) as address:
        yield address


def test_every_pair_has_a_file():
    assert sorted((rule, check) for _, rule, check in PAIRS) == sorted(
        (rule.id, check) for rule in RULES for check in rule.same_as
    )


@pytest.mark.parametrize("path", FILES)
def test_both_find_it(checkov, path):
    graph = read_paths([CORPUS / path])
    ours = {(finding.rule, finding.urn) for finding in judge(graph, RULES).findings}
    opinion = ask(checkov, graph, as_plan(graph), as_manifests(shown_to_checkov(graph)))
    theirs = {(finding.rule, finding.urn) for finding in opinion.findings}
    assert opinion.faults == ()
    for _, rule, check in (pair for pair in PAIRS if pair[0] == path):
        urns = {urn for found, urn in ours if found == rule}
        assert any((f"checkov:{check}", urn) in theirs for urn in urns), (rule, check)
