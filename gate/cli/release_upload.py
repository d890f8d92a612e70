"""``slipway release upload``: a release's files into a stack's store, each with the digest that S3 must compute too."""

import json
import shlex
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Final

from gate.cli.release_append import version_of
from gate.cli.release_list import console
from gate.cli.stack_files import settings_in
from gate.cli.uploaded_file import Upload
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from releases.digest import DigestError, Manifest, manifest
from releases.load import LoadedRelease
from stacks.load import SettingsError, read_stack

_HINTS: Final = {
    "NoSuchBucket": "the bucket is made with the stack: bring it up first",
    "AccessDenied": "become the stack's publisher first (docs/deploy.md)",
    "ExpiredToken": "become the stack's publisher again",
    "Unable to locate credentials": "become the stack's publisher first (docs/deploy.md)",
}
"""What to do about an answer of S3 or of the AWS CLI."""
_READ_BYTES: Final = 2**23
_TIMEOUT_SECONDS: Final = 6 * 3600


def upload(name: str, folder: Path, stack: str, *, run: bool, organisation: Path | None) -> int:
    """Print the commands, or run them and verify what lies there: 0 when the store holds exactly the recorded files.

    Raises:
        GateError: the folder holds other files than were recorded, the stack has no store, or a command fails.
    """
    root = (organisation or ROOT).resolve()
    loaded = version_of(name, root)
    uploads = _uploads(loaded, _manifest(name, loaded, folder), folder, _bucket(root, stack))
    if not run:
        print("\n".join(shlex.join(each.put) for each in uploads))  # noqa: T201 for a shell, as it is
        console().print(
            f"# {len(uploads)} files; --run does it as the publisher of {stack}, and verifies", markup=False
        )
        return 0
    out = console()
    folder_there = _listed(uploads)
    strangers = [key for key in folder_there if key not in {each.key for each in uploads}]
    if strangers:
        lines = [f"s3://{uploads[0].bucket}/{key}: was not recorded" for key in strangers]
        raise GateError("the folder of the release holds other files, so nothing was uploaded:", lines)
    problems = _all(uploads, folder_there)
    problems += _differing(uploads, _listed(uploads))
    for problem in problems:
        out.print(f"no  {problem}", style="red", markup=False, soft_wrap=True)
    verdict = "NOT shown that the store" if problems else "the store"
    out.print(
        f"{name}: {verdict} of {stack} holds the recorded files, and nothing else", style="bold", markup=False
    )
    return 1 if problems else 0


def _manifest(name: str, loaded: LoadedRelease, folder: Path) -> Manifest:
    try:
        found = manifest(folder)
    except DigestError as error:
        raise GateError("the files cannot be uploaded:", error.problems) from None
    if found.digest != loaded.release.artifact.digest:
        said = f"artifact.digest is {loaded.release.artifact.digest}, the folder's is {found.digest}"
        raise GateError(
            f"the folder holds other files than {name} records, so nothing is uploaded:",
            [f"{said}; slipway release verify {name} {folder} says which differ"],
        )
    return found


def _bucket(root: Path, stack: str) -> str:
    """The name of the bucket of models, in the stack or the one it stands on."""
    settings_in(root, stack)  # says which stacks there are
    try:
        found = read_stack(stack, root / "stacks")
    except SettingsError as error:
        raise GateError(f"the store of {stack} is not known:", error.lines) from None
    if found.owner_of("model_store") is None:
        raise GateError(f"stack {stack} has no model_store, and none above it has one")
    return found.names.bucket("models")


def _uploads(loaded: LoadedRelease, found: Manifest, folder: Path, bucket: str) -> list[Upload]:
    uri = loaded.release.artifact.location(bucket)
    if not uri.startswith("s3://"):
        raise GateError(f"artifact.uri is no folder of a bucket, so nothing is uploaded there (got {uri!r})")
    own, _, prefix = uri.removeprefix("s3://").partition("/")
    return [
        Upload(folder / file.path, file.path, own, f"{prefix}{file.path}", file.sha256)
        for file in found.files
    ]


def _all(uploads: list[Upload], there: Collection[str]) -> list[str]:
    """Upload or compare each file in turn; what is wrong.

    Raises:
        GateError: the store refuses one; the message says how far it came.
    """
    problems = []
    for done, each in enumerate(uploads):
        try:
            said = _one(each, is_there=each.key in there)
        except GateError as error:
            left = f"{done} of {len(uploads)} files are there; the same command goes on with the others"
            raise GateError(error.headline, [*error.problems, left]) from None
        problems += [said] if said else []
    return problems


def _one(each: Upload, *, is_there: bool) -> str:
    """Upload a file that is not there, or compare the one that is; what is wrong with it, or nothing."""
    out = console()
    if is_there:
        found = _compared(each)
        if found is None:
            return f"{each.address}: is there already, and this role may not read it: {shlex.join(each.ask)} compares"
        if not found:
            out.print(f"ok  {each.address}: is there already", markup=False, soft_wrap=True)
        return found
    answer = _aws(each.put)
    out.print(f"put {each.address}", markup=False, soft_wrap=True)
    if not each.is_whole:
        # S3 compared each part with what was read here: who may not read it there reads it here once more.
        found = _compared(each)
        return _against(each, each.digests(_READ_BYTES)[0]) if found is None else found
    computed = _computed(answer)
    return (
        ""
        if computed == each.checksum
        else f"{each.address}: S3 computed {computed}, recorded is {each.checksum}"
    )


def _compared(each: Upload) -> str | None:
    """What is wrong with a file that lies there; None where this role may not read it."""
    asked, wanted = _try(each.ask), each.checksum
    if asked.returncode != 0:
        return None
    there = asked.stdout.strip()
    if not each.is_whole:
        part = _try(each.ask_part)
        if part.returncode != 0 or not part.stdout.strip().isdecimal():
            return f"{each.address}: S3 does not say in which parts it came; read it back to compare"
        sha256, wanted = each.digests(int(part.stdout))
        if changed := _against(each, sha256):
            return changed
    if there == wanted or (not each.is_whole and there.partition("-")[0] == wanted):
        return ""
    return f"{each.address}: holds another file (SHA-256 {there}, recorded {wanted}); take a new version"


def _against(each: Upload, sha256: str) -> str:
    is_same = sha256 == each.sha256
    return (
        ""
        if is_same
        else f"{each.address}: {each.source} was changed while it was uploaded; take a new version"
    )


def _computed(answer: str) -> str:
    try:
        return str(json.loads(answer)["ChecksumSHA256"])
    except (ValueError, KeyError, TypeError):
        return "nothing"


def _listed(uploads: list[Upload]) -> dict[str, int]:
    """What lies in the folder of the release, and how large it is."""
    first = uploads[0]
    folder = first.key[: len(first.key) - len(first.name)]
    listing = ["aws", "s3api", "list-objects-v2", "--bucket", first.bucket, "--prefix", folder]
    answer = _aws([*listing, "--query", "Contents[].[Key,Size]", "--output", "json"])
    try:
        return {str(key): int(size) for key, size in json.loads(answer or "null") or ()}
    except (ValueError, TypeError):
        raise GateError("the store's answer is no list of files:", [answer[:200]]) from None


def _differing(uploads: list[Upload], there: dict[str, int]) -> list[str]:
    said = []
    for each in uploads:
        size = each.source.stat().st_size
        if each.key not in there:
            said.append(f"{each.address}: is not there")
        elif there[each.key] != size:
            said.append(f"{each.address}: has {there[each.key]} bytes there, and {size} here")
    return said


def _aws(command: list[str]) -> str:
    done = _try(command)
    if done.returncode != 0:
        raise _failed(command, done)
    return done.stdout


def _try(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 the AWS CLI, our arguments
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GateError("the AWS CLI cannot be started:", [str(error)]) from None


def _failed(command: list[str], done: subprocess.CompletedProcess[str]) -> GateError:
    last = (done.stderr.strip().splitlines() or ["said nothing"])[-1]
    hints = [hint for said, hint in _HINTS.items() if said in last]
    return GateError("the store was not reached, or refuses:", [f"{shlex.join(command[:3])}: {last}", *hints])
