"""``slipway people``: the list of who may decide, and what is made of it."""

from pathlib import Path
from typing import Final

from facts.yaml_edit import YamlEditError, changed
from gate.cli.changes import write
from gate.cli.release_list import console
from gate.core.checkout import ROOT
from gate.core.clickable import clickable
from gate.core.errors import GateError
from gate.evaluate.code_owners import BEGIN, CODEOWNERS, END, with_people
from releases.openpgp import OpenPgpError, keys_of
from releases.people import FILE, People, load_people
from releases.record_file import ReleaseError
from releases.ssh_signature import SshSignatureError, key_of

_FILE: Final = f"releases/{FILE}"
_HEAD: Final = (
    "# yaml-language-server: $schema=people.schema.json\n"
    "# Who may decide about releases, and by which keys one knows that it was they: docs/approvals.md.\n"
    "people: {}\n"
)


def read(root: Path) -> People | None:
    """The list of a checkout.

    Raises:
        GateError: it is wrong.
    """
    try:
        return load_people(root / "releases")
    except ReleaseError as error:
        raise GateError(f"{_FILE} cannot be read:", clickable(root, error.problems)) from None


def show(organisation: Path | None) -> None:
    """Print everybody with what they may decide."""
    people = read((organisation or ROOT).resolve())
    out = console()
    if people is None or not people.people:
        out.print(f"{_FILE}: nobody; slipway people add ADDRESS --role approver --key KEY.pub", markup=False)
        return
    for who, said in people.people.items():
        count = len(said.keys) + len(said.gpg_keys)
        keys = f"{count} {'key' if count == 1 else 'keys'}" if count else "no key"
        until = f", until {said.until}" if said.until else ""
        out.print(
            f"{who}: {' and '.join(said.roles)}, {keys}, {said.github or 'not on GitHub'}{until}",
            markup=False,
        )


def add(who: str, roles: list[str], key: Path | None, github: str, organisation: Path | None) -> None:
    """Write somebody into the list, and print the difference. Somebody who stands there gets another key or role.

    Raises:
        GateError: the key is none, or the list would be wrong. Then nothing is written.
    """
    root = (organisation or ROOT).resolve()
    people = read(root)
    path = root / _FILE
    text = path.read_text(encoding="utf-8") if people is not None else _HEAD
    there = people.people.get(who) if people is not None else None
    entry = there.model_dump(exclude_defaults=True) if there is not None else {}
    entry["roles"] = sorted({*entry.get("roles", ()), *roles})
    if key is not None:
        field, text_of_key = _key(key)
        entry[field] = list(dict.fromkeys([*entry.get(field, ()), text_of_key]))
    if github:
        entry["github"] = github
    try:
        after = changed(text, ("people", who), entry)
        People.model_validate({"people": {**(people.people if people else {}), who: entry}})
    except YamlEditError as error:
        raise GateError(f"{_FILE} is not changed:", [str(error)]) from None
    except ValueError as error:
        raise GateError(f"{_FILE} would be wrong, so it is not changed:", _lines(error)) from None
    write(root, {_FILE: after})


def _lines(error: ValueError) -> list[str]:
    from pydantic import ValidationError  # noqa: PLC0415 only where something is wrong

    from facts.explain import explain  # noqa: PLC0415 as above

    return explain(error, People) if isinstance(error, ValidationError) else [str(error)]


def _key(file: Path) -> tuple[str, str]:
    """The field of the list that a public key belongs to, and the key."""
    try:
        text = file.read_text(encoding="utf-8").strip()
        if text.startswith("-----BEGIN PGP PUBLIC"):
            keys_of(text)
            return "gpg_keys", f"{text}\n"
        key_of(text)
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"--key: {file} cannot be read: {error}") from None
    except OpenPgpError as error:
        raise GateError(f"--key: {file}: {error}; what gpg --armor --export prints") from None
    except SshSignatureError as error:
        raise GateError(f"--key: {file}: {error}; the public half, such as id_ed25519.pub") from None
    return "keys", text


def codeowners(organisation: Path | None, *, is_written: bool) -> int:
    """Print the lines that the list makes, or write them into .github/CODEOWNERS; 1 where the file says otherwise.

    Raises:
        GateError: the list is wrong, or the file is not there.
    """
    root = (organisation or ROOT).resolve()
    path = root / CODEOWNERS
    if not path.is_file():
        raise GateError(f"{CODEOWNERS}: is missing")
    text = path.read_text(encoding="utf-8")
    after = with_people(text, read(root))
    if is_written:
        write(root, {CODEOWNERS: after})
        return 0
    console().print(after.partition(BEGIN)[2].partition(END)[0].strip(), markup=False, soft_wrap=True)
    return 0 if after == text else 1
