"""Keys that sign events: one a kind, used by its workers alone, in one way. Mocks cannot prove that KMS reads it so."""

import json

import pytest

from components.foundation.lifecycle import DURABLE, Lifecycle
from components.loops.kinds import KINDS, RECEIVER
from components.loops.signing import Signer, SignerArgs, signing_key_policy, signing_statements
from tests.components.loops.test_durable import NAMES

HOW = {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256"}
OWN = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-prod-loops-rollout"}}


def by_sid(document):
    return {s["Sid"]: s for s in json.loads(document)["Statement"]}


def made(deploy, lifecycle=DURABLE):
    return deploy(
        lambda: Signer("loops-rollout-signer", SignerArgs(names=NAMES, kind="rollout", lifecycle=lifecycle))
    )


@pytest.mark.parametrize(
    ("lifecycle", "days", "protects"), [(DURABLE, 30, True), (Lifecycle(disposable=True), 7, False)]
)
def test_a_key_signs_never_leaves_and_is_kept_as_others_are(deploy, lifecycle, days, protects):
    key = made(deploy, lifecycle).named("loops-rollout-signer-key")
    said = {k: v for k, v in key.inputs.items() if k not in {"policy", "tags", "tagsAll"}}
    assert said == {
        "description": "Signs what workers of the loops say: rollout",
        "keyUsage": "SIGN_VERIFY",
        "customerMasterKeySpec": "ECC_NIST_P256",
        "deletionWindowInDays": days,
    }
    assert key.protect is protects


def test_only_the_pods_of_the_kind_sign_and_only_as_events_are_signed(deploy):
    found = made(deploy)
    policy = by_sid(found.named("loops-rollout-signer-key").inputs["policy"])
    assert policy["WorkerSigns"]["Action"] == ["kms:Sign"]
    assert policy["WorkerSigns"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-prod-loops-rollout"},
        "StringEquals": {
            "aws:PrincipalTag/kubernetes-namespace": "loops",
            "aws:PrincipalTag/kubernetes-service-account": "rollout",
            **HOW,
        },
    }
    assert policy["AccountReadsPublicKey"]["Action"] == ["kms:GetPublicKey"]
    signs = [sid for sid, said in policy.items() if any(a.startswith("kms:Sign") for a in said["Action"])]
    assert signs == ["WorkerSigns"]
    role = by_sid(found.named("loops-rollout-signer-role-policy").inputs["policy"])
    assert {sid: (said["Action"], said["Condition"]) for sid, said in role.items()} == {
        "SignEvents": (["kms:Sign"], {**OWN, "StringEquals": HOW}),
        "ReadOwnPublicKey": (["kms:GetPublicKey"], OWN),
    }
    (association,) = found.all("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("loops", "rollout")


def test_no_two_kinds_share_a_key():
    kinds = [kind for kind in KINDS if kind != RECEIVER]
    said = {json.dumps([s.render() for s in signing_statements(NAMES, kind)]) for kind in kinds}
    assert len(said) == len({signing_key_policy(NAMES, kind) for kind in kinds}) == len(kinds) == 4
