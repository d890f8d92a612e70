"""Events of runs: what they must say, and that a signature that was damaged is found."""

import base64
from datetime import date

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from facts.explain import explain
from releases.event_signature import canonical, key_digest, load_keys, signature_faults
from releases.load import ReleaseError, load_releases, record_digest
from tests.releases.events_examples import SAYS, SIGNATURE, event
from tests.releases.records import record

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
DER = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signed(data):
    value = base64.b64encode(KEY.sign(canonical(data))).decode()
    return {**data, "signature": {"key": key_digest(DER), "value": value}}


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("rollout", {"who": "ana@example.com"}, "who: should match"),
        ("rollout", {"after": {"v1": 95}}, "after should add up to 100 (got {'v1': 95})"),
        ("rollout", {"after": {"v1": 101, "v2": -1}}, "after.v2: should be at least 0 (got -1)"),
        ("drift", {"samples": -1}, "samples: should be at least 0 (got -1)"),
        ("decision", {"signature": None}, "signature: "),
        ("incident", {"who": "slipway-remedy@dev"}, "signature is required: slipway-remedy@dev is no person"),
        ("approval", {"who": "slipway-remedy@dev"}, "who: should be an e-mail address"),
    ],
)
def test_an_event_of_a_run_that_says_too_little_is_refused(kind, changes, said):
    with pytest.raises(ValidationError) as caught:
        event(kind, **changes)
    assert any(said in line for line in explain(caught.value)), explain(caught.value)


def test_a_workflow_may_say_an_incident_if_it_signs():
    assert event("incident", who="slipway-remedy@dev", signature=SIGNATURE).who == "slipway-remedy@dev"


def test_a_signature_counts_and_a_damaged_one_does_not():
    data = signed({"kind": "rollout", "date": date(2026, 11, 1), **SAYS["rollout"]})
    keys = {key_digest(DER): DER}
    assert list(signature_faults(data, keys)) == []
    assert list(signature_faults({**data, "verdict": "good"}, keys)) == [
        (
            "signature: is not the key's over what the event says: it was changed after it was signed; "
            "take the change back"
        )
    ]
    assert list(signature_faults(data, {})) == [
        (
            f"signature.key: no key in releases/keys has this digest (got {key_digest(DER)!r}); "
            "commit the worker's public key, or take the event back"
        )
    ]
    assert list(signature_faults({"who": "ana@example.com"}, {})) == []


@pytest.mark.parametrize(
    ("curve", "length", "faults"),
    [
        (ec.SECP256R1(), 32, []),
        (ec.SECP384R1(), 48, ["signature.key: should be an ed25519 key, or an elliptic curve's of P-256"]),
    ],
)
def test_a_key_of_kms_signs_as_well(curve, length, faults):
    private = ec.derive_private_key(7, curve)
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    data = {"kind": "rollout", "date": date(2026, 11, 1), **SAYS["rollout"]}
    r, s = decode_dss_signature(private.sign(canonical(data), ec.ECDSA(SHA256())))
    value = base64.b64encode(r.to_bytes(length, "big") + s.to_bytes(length, "big")).decode()
    whole = {**data, "signature": {"key": key_digest(der), "value": value}}
    assert list(signature_faults(whole, {key_digest(der): der})) == faults
    changed = list(signature_faults({**whole, "verdict": "good"}, {key_digest(der): der}))
    assert changed == faults or changed[0].startswith("signature: is not the key's over what the event says")


def test_a_file_that_is_no_key_is_named(tmp_path):
    (tmp_path / "bot.pub").write_text("no key")
    with pytest.raises(ValueError, match=r"keys/bot\.pub: should be a public key in PEM$"):
        load_keys(tmp_path)
    (tmp_path / "bot.pub").write_bytes(PEM)
    assert load_keys(tmp_path) == {key_digest(DER): DER}


def test_the_loader_takes_signed_events_and_refuses_damaged_ones(tmp_path):
    data = signed(
        {
            "kind": "rollout",
            "date": date(2026, 12, 1),
            "evidence": ["run 1"],
            **SAYS["rollout"],
            "record": record_digest(record()),
        }
    )
    version = tmp_path / "models" / "minilm" / "v1"
    (version / "events").mkdir(parents=True)
    (version / "release.yaml").write_text(yaml.safe_dump(record()))
    (version / "events" / "2026-12-01-rollout.yaml").write_text(yaml.safe_dump(data))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "bot.pub").write_bytes(PEM)
    loaded = load_releases(tmp_path / "models")["minilm"]["v1"]
    assert [e.kind for e in loaded.events] == ["rollout"]
    (version / "events" / "2026-12-01-rollout.yaml").write_text(yaml.safe_dump({**data, "verdict": "good"}))
    with pytest.raises(ReleaseError) as caught:
        load_releases(tmp_path / "models")
    assert caught.value.problems == [
        (
            "releases/models/minilm/v1/events/2026-12-01-rollout.yaml: signature: is not the key's over what the event "
            "says: it was changed after it was signed; take the change back"
        )
    ]
