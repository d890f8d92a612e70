"""Whether a local copy of a model's files is what its record says, and was signed by whom it says."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gate.core.environments import environment
from gate.core.errors import GateError
from releases.artifact import Artifact, Signature
from releases.config_json import Config, ConfigError
from releases.contents import dangers, parameters, size_bytes
from releases.digest import DigestError, Manifest, manifest
from releases.load import LoadedRelease
from releases.safetensors import SafetensorsError
from releases.shards import shard_problems
from releases.signature import BUNDLE, PUBLIC_KEY, signed_manifest

_REQUIREMENTS: Final = Path("tools") / "signing-requirements.txt"
_MOST_NAMED: Final = 5
_TIMEOUT_SECONDS: Final = 3600
"""A file of 140 GB is hashed at about 1 GB a second on one core, and some disks are slower."""


@dataclass(frozen=True)
class Check:
    """One thing that was asked, what was found, and what is wrong with it."""

    asked: str
    found: str = ""
    problems: tuple[str, ...] = field(default=())


def verify(loaded: LoadedRelease, folder: Path, beside: Path, root: Path) -> list[Check]:
    """Every check, whatever the others say. ``beside`` is the record's folder, where its signature stands.

    Raises:
        GateError: the folder or a file in it cannot be read, or the signature's tool is not there.
    """
    artifact = loaded.release.artifact
    try:
        found = manifest(folder)
        against = (*dangers(found, folder), *shard_problems(folder))
        counted = _counted(folder)
        checks = [
            Check("contents", f"{len(found.files)} files, none of them a program", against),
            _figure("digest", artifact.digest, found.digest, _named_files(artifact, found, beside)),
            _figure("size_bytes", artifact.size_bytes, size_bytes(folder)),
        ]
        remote_code = Config.of(folder).runs_code(folder)
    except DigestError as error:
        raise GateError("the files cannot be verified:", error.problems) from None
    except (ConfigError, OSError) as error:
        raise GateError("the files cannot be verified:", [str(error)]) from None
    if artifact.format == "safetensors" and counted is not None and not artifact.is_quantised:
        checks.append(_figure("parameters", artifact.parameters, counted))
    checks.append(_remote_code(loaded.release.origin.needs_remote_code, remote_code))
    checks.append(_signature(artifact.signature, folder, beside, root))
    return checks


def _counted(folder: Path) -> int | None:
    """The weights in the files; nothing where one of them is damaged, which ``dangers`` say already."""
    try:
        return parameters(folder)
    except SafetensorsError:
        return None


def _remote_code(is_stated: bool, found: tuple[str, ...]) -> Check:
    """A record that is silent about code in the files would let an engine be asked to run it."""
    against = (
        () if is_stated else tuple(f"{said}, and the record says needs_remote_code: false" for said in found)
    )
    return Check("origin.needs_remote_code", "true" if is_stated else "false", against)


def _figure(name: str, stated: str | int, real: str | int, besides: tuple[str, ...] = ()) -> Check:
    if stated == real:
        return Check(f"artifact.{name}", str(real))
    return Check(
        f"artifact.{name}", str(real), (f"the record says {stated}, the files have {real}", *besides)
    )


def _named_files(artifact: Artifact, found: Manifest, beside: Path) -> tuple[str, ...]:
    """Which files differ: only a signature's manifest knows each file's digest."""
    if artifact.signature is None or artifact.digest == found.digest:
        return ()
    try:
        signed = {
            f.path: f.sha256 for f in signed_manifest((beside / BUNDLE).read_text(encoding="utf-8")).files
        }
    except (DigestError, OSError, UnicodeDecodeError):
        return ()
    here = {file.path: file.sha256 for file in found.files}
    said = [f"{path}: is missing" for path in signed if path not in here]
    said += [f"{path}: was not signed" for path in here if path not in signed]
    said += [
        f"{path}: is another file than was signed"
        for path in here
        if here[path] != signed.get(path, here[path])
    ]
    return tuple(said[:_MOST_NAMED])


def _signature(signature: Signature | None, folder: Path, beside: Path, root: Path) -> Check:
    if signature is None:
        return Check("artifact.signature", "none: nobody vouches for the files")
    tool = environment(root / _REQUIREMENTS, root).parent / "model_signing"
    command = [str(tool), "verify", *_by(signature, beside), "--signature", str(beside / BUNDLE)]
    # Whatever lies in the folder counts, git's own files too.
    command += ["--no-ignore-git-paths", str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 model-signing in its locked environment, our own arguments
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GateError("the signature could not be checked:", [str(error)]) from None
    if done.returncode == 0 and "Verification succeeded" in done.stdout:
        return Check("artifact.signature", f"by {signature.identity}")
    return Check("artifact.signature", "not genuine", tuple(_last_words(done.stdout + done.stderr)))


def _by(signature: Signature, beside: Path) -> list[str]:
    if signature.issuer is None:
        return ["key", "--public_key", str(beside / PUBLIC_KEY)]
    return ["sigstore", "--identity", signature.identity, "--identity_provider", signature.issuer]


def _last_words(output: str) -> Iterator[str]:
    """What model-signing said last: a traceback ends with its reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    yield f"model-signing: {lines[-1] if lines else 'said nothing'}"
