"""A signature beside a record must be there, be the one the record names, and be for the record's files."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from releases.artifact import Artifact
from releases.digest import DigestError, File, Manifest
from releases.load import load_releases
from releases.signature import files_of, signature_problems, signed_manifest
from tests.releases.records import record

FILES = (File("a", "0" * 64), File("b/c", "1" * 64))


def statement(**changes: Any) -> dict[str, Any]:
    resources = [{"algorithm": "sha256", "digest": f.sha256, "name": f.path} for f in FILES]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {"resources": resources},
    } | changes


def bundle(said: object) -> str:
    payload = base64.b64encode(json.dumps(said).encode()).decode()
    return json.dumps({"dsseEnvelope": {"payload": payload}})


def digest(content: str) -> str:
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def artifact(signed: str, key: str | None = "key", **changes: Any) -> Artifact:
    signature = {"identity": "us", "bundle": digest(signed)}
    signature |= {"issuer": "https://issuer.example"} if key is None else {"public_key": digest(key)}
    data = record()["artifact"] | {"digest": Manifest.of(FILES).digest, "signature": signature}
    return Artifact.model_validate(data | changes)


def write(folder: Path, signed: str, key: str | None = "key") -> Path:
    (folder / "signature.json").write_text(signed)
    if key is not None:
        (folder / "signature.pub").write_text(key)
    return folder


def test_the_committed_signature_is_for_the_committed_digest() -> None:
    loaded = load_releases()["minilm"]["v1"]
    assert loaded.release.artifact.signature is not None
    text = (Path("releases/models/minilm/v1") / "signature.json").read_text()
    assert signed_manifest(text).digest == loaded.release.artifact.digest


@pytest.mark.parametrize("key", ["key", None])
def test_what_is_named_and_there_is_fine(tmp_path: Path, key: str | None) -> None:
    signed = bundle(statement())
    there = artifact(signed, key)
    assert list(signature_problems(there, write(tmp_path, signed, key))) == []
    assert files_of(there.signature) == {"signature.json"} | ({"signature.pub"} if key else set())


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert list(signature_problems(artifact(bundle(statement())), tmp_path)) == [
        "signature.json: is missing; artifact.signature of the record names it",
        "signature.pub: is missing; artifact.signature of the record names it",
    ]


def test_another_key_or_bundle_than_the_named_is_refused(tmp_path: Path) -> None:
    signed = bundle(statement())
    said = list(signature_problems(artifact(signed), write(tmp_path, signed + " ", "other")))
    assert [line.partition(" (got")[0] for line in said] == [
        f"signature.json: should have the digest that artifact.signature states, {digest(signed)}",
        f"signature.pub: should have the digest that artifact.signature states, {digest('key')}",
    ]


def test_a_signature_for_other_files_is_refused(tmp_path: Path) -> None:
    signed = bundle(statement())
    other = f"sha256:{'2' * 64}"
    assert list(signature_problems(artifact(signed, digest=other), write(tmp_path, signed))) == [
        (
            f"signature.json: is for other files: their digest is {Manifest.of(FILES).digest}, "
            f"the record's {other}; correct artifact.digest, or sign these files"
        )
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "JSONDecodeError"),
        ("[]", "TypeError"),
        ("{}", "KeyError: 'dsseEnvelope'"),
        (json.dumps({"dsseEnvelope": {"payload": "?"}}), "Error: "),
        (bundle([]), "TypeError"),
        (
            bundle(statement(predicateType="https://slsa.dev/provenance/v1")),
            "its statement is a https://slsa.dev",
        ),
        (bundle(statement(predicate={"resources": [{"name": "a"}]})), "KeyError: 'algorithm'"),
        (
            bundle(statement(predicate={"resources": [{"name": "a", "algorithm": "blake3", "digest": "0"}]})),
            "ValueError: a has a blake3 digest, not a sha256 one",
        ),
        (bundle(statement(predicate={"resources": []})), "there is no file"),
    ],
)
def test_a_bundle_that_cannot_be_read_is_no_signature(text: str, message: str) -> None:
    with pytest.raises(DigestError) as caught:
        signed_manifest(text)
    assert message in str(caught.value)
