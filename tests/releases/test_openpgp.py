"""Keys and signatures as gpg 2.2 wrote them: read, and nothing else counts.

``openpgp/`` holds Ana's key of ed25519 with a subkey that signs and one to encrypt to, Bea's of RSA, what each became
when it was revoked, and signatures over ``content.txt``. The private halves were thrown away.
"""

import base64
from pathlib import Path

import pytest

from releases.openpgp import OpenPgpError, keys_of, signer
from releases.people import People

FOLDER = Path(__file__).parent / "openpgp"
CONTENT = (FOLDER / "content.txt").read_bytes()
MAIN, SUBKEY = "f4267c1d164832183ddf79349733c678f0f83413", "5b4dffe6d3a94353a7a1b36332ebac505ce5eecf"
BEAS = "6bc66ec918fb76847c9cf6b633e1ac10309c3771"


def text(name):
    return (FOLDER / name).read_text(encoding="ascii")


def test_keys_that_sign_are_read_and_the_one_to_encrypt_to_is_not():
    assert [key.fingerprint for key in keys_of(text("ana.asc"))] == [MAIN, SUBKEY]
    assert [key.fingerprint for key in keys_of(text("bea.asc"))] == [BEAS]


def test_what_gpg_signs_is_read():
    every = keys_of(text("ana.asc")) + keys_of(text("bea.asc"))
    assert signer(text("ana.sig"), CONTENT, every).fingerprint == SUBKEY
    assert signer(text("bea.sig"), CONTENT, every).fingerprint == BEAS
    assert signer(text("bea.sig"), CONTENT, keys_of(text("ana.asc"))) is None


def test_a_revoked_key_is_none():
    assert [key.fingerprint for key in keys_of(text("ana-without-subkey.asc"))] == [MAIN]
    assert signer(text("ana.sig"), CONTENT, keys_of(text("ana-without-subkey.asc"))) is None
    with pytest.raises(OpenPgpError, match="its owner revoked it; take it out"):
        keys_of(text("bea-revoked.asc"))


@pytest.mark.parametrize("name", ["ana", "bea"])
def test_every_changed_byte_is_seen(name):
    keys = keys_of(text(f"{name}.asc"))
    for content in (CONTENT + b"\n", CONTENT[:-1], b"", CONTENT.replace(b"approval", b"approvaL")):
        assert signer(text(f"{name}.sig"), content, keys) is None


def test_a_weak_digest_does_not_count():
    with pytest.raises(OpenPgpError, match=r"with SHA-256, SHA-384 or SHA-512$"):
        signer(text("bea-sha1.sig"), CONTENT, keys_of(text("bea.asc")))


def damaged(armoured):
    """The same block with each byte of it cut off, and turned."""
    head, *body, foot = armoured.strip().splitlines()
    lines = [line for line in body[body.index("") + 1 :] if not line.startswith("=")]
    data = base64.b64decode("".join(lines))
    for place in range(len(data)):
        for made in (data[:place], data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]):
            yield place, "\n".join([head, base64.b64encode(made).decode(), foot])


def test_a_damaged_signature_is_none_or_one_message():
    keys = keys_of(text("ana.asc"))
    unsigned = 0
    for place, signature in damaged(text("ana.sig")):
        try:
            found = signer(signature, CONTENT, keys)
        except OpenPgpError:
            continue
        if (
            found is not None
        ):  # who is said to have signed, and the digest's first bytes: not signed, and not read
            assert 50 <= place < 66, place
            unsigned += 1
    assert unsigned == 12


def test_a_damaged_key_is_none_or_one_message():
    for _, block in damaged(text("ana.asc")):
        try:
            found = keys_of(block)
        except OpenPgpError:
            continue
        assert found


@pytest.mark.parametrize("said", ["", "x", "-----BEGIN PGP SIGNATURE-----\n%\n-----END PGP SIGNATURE-----"])
def test_what_is_no_signature_is_said(said):
    with pytest.raises(OpenPgpError, match=r"is no PGP signature|its base64 is damaged"):
        signer(said, CONTENT, keys_of(text("ana.asc")))


def test_the_list_takes_a_block_once():
    ana = {"roles": ["approver"], "gpg_keys": [text("ana.asc")]}
    people = People.model_validate({"people": {"ana@acme.io": ana}})
    assert people.of("ana@acme.io").gpg_keys == [text("ana.asc")]
    with pytest.raises(
        ValueError, match=r"people\.bea@acme\.io\.gpg_keys: ana@acme\.io has this key already"
    ):
        People.model_validate({"people": {"ana@acme.io": ana, "bea@acme.io": ana}})
    with pytest.raises(
        ValueError, match="should be what gpg --armor --export prints: it is no PGP public key"
    ):
        People.model_validate({"people": {"ana@acme.io": {**ana, "gpg_keys": ["ssh-ed25519 AAAA"]}}})
