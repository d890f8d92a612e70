"""Events signed in KMS, against one on loopback that has a genuine key: they verify offline, by what is committed."""

import base64
import hashlib

import pytest
import yaml

from releases.load import ReleaseError, load_version
from runtime.loops import build
from runtime.loops.__main__ import main
from runtime.loops.events import kms as module
from runtime.loops.events.folder import FolderEvents
from runtime.loops.events.kms import KmsKey
from runtime.loops.ports import UnavailableError
from runtime.loops.settings import LoopsError, load_settings
from runtime.loops.workflows.call import FINAL
from tests.runtime.loops import folders
from tests.runtime.loops.events.fake_kms import ALIAS, ARN, Kms, serving
from tests.runtime.loops.test_outside import appendix

MAY_NOT = "this identity may not; the role of the worker and the policy of the key say who may"
KMS = {"events": {"kms": {"key": ALIAS, "region": "eu-central-1"}}}


@pytest.fixture
def kms():
    return Kms()


@pytest.fixture
def client(kms):
    with serving(kms) as client:
        yield client


@pytest.fixture
def checkout(tmp_path, client):
    folders.make(tmp_path)
    (tmp_path / "releases" / "keys" / "rollout.pub").write_bytes(KmsKey.load(client, ALIAS).public_pem)
    return tmp_path


def version(checkout):
    return checkout / "releases" / "models" / "minilm" / "v2"


def test_an_event_signed_in_kms_verifies_without_it(checkout, client, kms):
    name = FolderEvents(checkout / "releases" / "models", KmsKey.load(client, ALIAS)).append(
        appendix(checkout)
    )
    kms.refuses = "AccessDeniedException"
    assert [e.kind for e in load_version(version(checkout)).events].count("rollout") == 1
    path = version(checkout) / "events" / name
    path.write_text(path.read_text().replace("verdict: first", "verdict: good"))
    with pytest.raises(ReleaseError, match="is not the key's over what the event says"):
        load_version(version(checkout))


def test_kms_is_shown_the_digest_of_what_is_said_and_nothing_else(client, kms):
    message = b"x" * 10_000
    KmsKey.load(client, ALIAS).sign(message)
    assert kms.calls == [
        ("GetPublicKey", {"KeyId": ALIAS}),
        (
            "Sign",
            {
                "KeyId": ARN,
                "Message": base64.b64encode(hashlib.sha256(message).digest()).decode(),
                "MessageType": "DIGEST",
                "SigningAlgorithm": "ECDSA_SHA_256",
            },
        ),
    ]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", MAY_NOT),
        (
            "KMSInvalidStateException",
            "the key cannot sign now; if its deletion is pending: cancel that, and enable it",
        ),
        ("DisabledException", "the key is disabled: enable it"),
        (
            "InvalidKeyUsageException",
            "the key is of another use than SIGN_VERIFY: name the key of the events",
        ),
    ],
)
def test_a_refusal_is_one_sentence_and_asked_again(client, kms, code, said):
    key = KmsKey.load(client, ALIAS)
    kms.refuses = code
    with pytest.raises(UnavailableError) as caught:
        key.sign(b"x")
    assert str(caught.value) == f"{ARN}: KMS refuses sign: {code}: {said}"
    assert not {one.__name__ for one in type(caught.value).__mro__} & set(FINAL)
    kms.refuses = None
    assert len(key.sign(b"x")) == 64


def test_a_clock_that_was_set_is_waited_for(client, kms):
    """AWS takes no request that is signed an hour ahead or late."""
    key = KmsKey.load(client, ALIAS)
    kms.refuses = "InvalidSignatureException"
    with pytest.raises(UnavailableError, match=f"{ARN}: KMS refuses sign: .*InvalidSignatureException"):
        key.sign(b"x")


def test_no_answer_is_asked_again_too(kms):
    with serving(kms) as client:
        key = KmsKey.load(client, ALIAS)
    with pytest.raises(UnavailableError, match=f"{ARN}: KMS does not answer: EndpointConnectionError"):
        key.sign(b"x")


@pytest.mark.parametrize(
    ("made", "got"),
    [
        (Kms(usage="KEY_AGREEMENT"), "KEY_AGREEMENT of ECC_NIST_P256"),
        (Kms(spec="ECC_NIST_P384"), "SIGN_VERIFY of ECC_NIST_P384"),
    ],
)
def test_a_key_of_another_use_is_refused_before_any_run(made, got):
    with serving(made) as client, pytest.raises(ValueError, match="should be a key for") as caught:
        KmsKey.load(client, ALIAS)
    assert str(caught.value) == f"{ALIAS}: should be a key for SIGN_VERIFY of ECC_NIST_P256 (got {got})"


@pytest.fixture
def settled(checkout, client, monkeypatch):
    monkeypatch.setattr(module, "kms_client", lambda region: client if region == "eu-central-1" else None)
    path = checkout / "loops.yaml"
    said = {**yaml.safe_load(path.read_text()), **KMS}
    path.write_text(yaml.safe_dump(said))
    return path


def test_a_worker_signs_with_the_key_its_settings_name(settled, kms):
    build.world_of(load_settings(settled)).events.append(appendix(settled.parent))
    assert [operation for operation, _ in kms.calls[-2:]] == ["GetPublicKey", "Sign"]


def test_a_worker_that_may_not_sign_does_not_start(settled, kms, capsys):
    kms.refuses = "AccessDeniedException"
    assert main(["check", "--settings", str(settled)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "the loops cannot run:",
        f"  {ALIAS}: KMS refuses get_public_key: AccessDeniedException: {MAY_NOT}",
    ]


def test_the_public_half_is_written_once_and_what_is_not_committed_signs_nothing(settled, capsys):
    committed = settled.parent / "releases" / "keys" / "rollout.pub"
    content = committed.read_bytes()
    committed.unlink()
    with pytest.raises(LoopsError, match="the public half of the key stands in no file of"):
        build.world_of(load_settings(settled))
    words = ["public-key", ALIAS, str(committed), "--region", "eu-central-1"]
    assert (main(words), committed.read_bytes()) == (0, content)
    assert main(words) == 2
    assert capsys.readouterr().err == f"{committed}: File exists\n"


@pytest.mark.parametrize("events", [{}, {"key": "bot.pem", "kms": {"key": ALIAS, "region": "eu-central-1"}}])
def test_one_key_signs(settled, events):
    settled.write_text(yaml.safe_dump({**yaml.safe_load(settled.read_text()), "events": events}))
    with pytest.raises(LoopsError, match="events: should name what signs, one of key and kms"):
        load_settings(settled)


def test_a_receiver_needs_no_key_and_a_worker_does(settled, capsys):
    said = yaml.safe_load(settled.read_text())
    del said["events"]
    settled.write_text(yaml.safe_dump(said))
    assert main(["check", "--settings", str(settled)]) == 0
    assert main(["worker", "--settings", str(settled)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "the loops cannot run:",
        "  events: a worker signs what it did; name a key",
    ]
