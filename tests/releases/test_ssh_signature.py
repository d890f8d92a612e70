"""Signatures as ssh-keygen makes and verifies them: both sides agree, and nothing else counts."""

import base64
import subprocess

import pytest

from releases.ssh_signature import SshSignatureError, key_of, signer
from tests.gate.cli.organisation import key_in

CONTENT = b"kind: approval\n"


def signed(folder, key, content=CONTENT, namespace="slipway-event"):
    file = folder / "event.yaml"
    file.write_bytes(content)
    words = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace, str(file)]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 ssh-keygen, our own arguments
    found = file.with_suffix(".yaml.sig")
    text = found.read_text()
    found.unlink()
    return text


@pytest.fixture
def key(tmp_path):
    return key_in(tmp_path)


def blob(key):
    return key_of(key.with_suffix(".pub").read_text())


def test_what_ssh_keygen_signs_is_read(tmp_path, key):
    assert signer(signed(tmp_path, key), CONTENT) == blob(key)


def test_ssh_keygen_verifies_by_hand_what_counts_here(tmp_path, key):
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ana@acme.io {key.with_suffix('.pub').read_text()}")
    (tmp_path / "sig").write_text(signed(tmp_path, key))
    words = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "ana@acme.io", "-n", "slipway-event"]
    words += ["-s", str(tmp_path / "sig")]
    done = subprocess.run(words, input=CONTENT, capture_output=True, check=False)  # noqa: S603 ssh-keygen, our own words
    assert (done.returncode, b'Good "slipway-event" signature for ana@acme.io' in done.stdout) == (0, True)


def test_every_changed_byte_is_seen(tmp_path, key):
    text = signed(tmp_path, key)
    for content in (CONTENT + b"\n", CONTENT[:-1], b"", CONTENT.replace(b"approval", b"approvaL")):
        with pytest.raises(SshSignatureError, match="it was changed after it was signed"):
            signer(text, content)


def test_a_signature_for_another_purpose_does_not_count(tmp_path, key):
    with pytest.raises(SshSignatureError, match="is for 'git', not for 'slipway-event'"):
        signer(signed(tmp_path, key, namespace="git"), CONTENT)


def test_a_key_of_another_kind_does_not_count(tmp_path):
    key = key_in(tmp_path, "ecdsa")
    with pytest.raises(SshSignatureError, match="should be by an ssh-ed25519 key"):
        signer(signed(tmp_path, key), CONTENT)
    with pytest.raises(SshSignatureError, match="should be an ssh-ed25519 key: ssh-ed25519 AAAA"):
        key_of(key.with_suffix(".pub").read_text())


def test_a_damaged_signature_is_one_message(tmp_path, key):
    """Whatever byte is cut, turned or put in: never another error, and never a pass."""
    text = signed(tmp_path, key)
    head, *body, foot = text.strip().splitlines()
    data = base64.b64decode("".join(body))
    for place in range(len(data)):
        for damaged in (data[:place], data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]):
            with pytest.raises(SshSignatureError):
                signer("\n".join([head, base64.b64encode(damaged).decode(), foot]), CONTENT)


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN SSH SIGNATURE-----\n%\n-----END SSH SIGNATURE-----"])
def test_what_is_no_signature_is_said(text):
    with pytest.raises(SshSignatureError, match=r"is no SSH signature|its base64 is damaged"):
        signer(text, CONTENT)


@pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-ed25519 %%", "ssh-ed25519 AAAA", "ssh-rsa AAAA x"])
def test_what_is_no_key_is_said(line):
    with pytest.raises(SshSignatureError):
        key_of(line)
