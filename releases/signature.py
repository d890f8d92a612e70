"""What a signature beside a record says it is for: read from its bundle, without deciding whether it is genuine.

The bundle is Sigstore's, around an in-toto statement of OpenSSF model-signing 1.x (its ``predicateType``). Whether the
key or the identity signed it is asked of model-signing itself, by ``slipway release verify``.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from releases.artifact import Artifact, Signature
from releases.digest import DigestError, File, Manifest

BUNDLE: Final = "signature.json"
PUBLIC_KEY: Final = "signature.pub"
_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_PREDICATE: Final = "https://model_signing/signature/v1.0"


def files_of(signature: Signature | None) -> frozenset[str]:
    """The names of the files that must stand beside a record with such a signature."""
    if signature is None:
        return frozenset()
    return frozenset({BUNDLE, PUBLIC_KEY} if signature.public_key is not None else {BUNDLE})


def signature_problems(artifact: Artifact, folder: Path) -> Iterator[str]:
    """What the files beside a record say otherwise than the record, each line beginning with the file's name.

    They must be there if the record names them, and only then.
    """
    signature = artifact.signature
    for name in (BUNDLE, PUBLIC_KEY):
        if name not in files_of(signature) and (folder / name).exists():
            yield f"{name}: artifact.signature of the record names no such file"
    if signature is None:
        return
    wanted = {BUNDLE: signature.bundle, PUBLIC_KEY: signature.public_key}
    for name in sorted(files_of(signature)):
        path = folder / name
        if not path.is_file():
            yield f"{name}: is missing; artifact.signature of the record names it"
            continue
        digest = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        if digest != wanted[name]:
            yield f"{name}: should have the digest that artifact.signature states, {wanted[name]} (got {digest})"
        elif name == BUNDLE:
            yield from _of_other_files(artifact, path)


def _of_other_files(artifact: Artifact, bundle: Path) -> Iterator[str]:
    try:
        signed = signed_manifest(bundle.read_text(encoding="utf-8"))
    except (DigestError, UnicodeDecodeError) as error:
        yield f"{BUNDLE}: is no signature of model-signing: {error}"
        return
    if signed.digest != artifact.digest:
        yield (
            f"{BUNDLE}: is for other files: their digest is {signed.digest}, the record's {artifact.digest}; "
            "correct artifact.digest, or sign these files"
        )


def signed_manifest(bundle: str) -> Manifest:
    """The files that a bundle's statement is about.

    Raises:
        DigestError: the bundle is damaged, or holds a statement of another kind.
    """
    try:
        statement = json.loads(base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"], validate=True))
        kinds = (statement["_type"], statement["predicateType"])
        resources = statement["predicate"]["resources"]
        files = [_file(resource) for resource in resources]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise DigestError(f"{type(error).__name__}: {error}") from None
    if kinds != (_STATEMENT, _PREDICATE):
        raise DigestError(f"its statement is a {kinds[1]}, not a {_PREDICATE}")
    return Manifest.of(files)


def _file(resource: Any) -> File:
    if resource["algorithm"] != "sha256":
        raise ValueError(f"{resource['name']} has a {resource['algorithm']} digest, not a sha256 one")
    return File(str(resource["name"]), str(resource["digest"]))
