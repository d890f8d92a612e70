"""Who may decide about releases, and by which keys one knows that it was they: ``releases/people.yaml``, reviewed."""

import base64
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Strict
from releases.openpgp import OpenPgpError, keys_of
from releases.record_file import ReleaseError, read_mapping
from releases.ssh_signature import SshSignatureError, key_of, signer
from releases.text import Person

FILE: Final = "people.yaml"
SIGNED: Final = ".sig"
"""What the name of a signature ends with, behind the name of its event."""
Role = Literal["reviewer", "approver"]


def _is_key(line: str) -> str:
    try:
        key_of(line)
    except SshSignatureError as error:
        raise ValueError(str(error)) from None
    return line


def _is_block(block: str) -> str:
    try:
        keys_of(block)
    except OpenPgpError as error:
        raise ValueError(f"should be what gpg --armor --export prints: it {error}") from None
    return block


class Decider(Strict):
    """One person, or a team that answers as one."""

    roles: list[Role] = Field(
        min_length=1, description="reviewer reads licences, approver answers for releases."
    )
    keys: list[Annotated[str, AfterValidator(_is_key)]] = Field(
        default_factory=list, description="Public SSH keys (ed25519), as ssh-keygen writes them."
    )
    gpg_keys: list[Annotated[str, AfterValidator(_is_block)]] = Field(
        default_factory=list,
        description="Public GPG keys (ed25519, or RSA of 2048 bits or more), as gpg --armor --export prints them; for "
        "signatures of commits.",
    )
    github: str | None = Field(
        default=None,
        pattern=r"^@[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?$",
        description="Who is asked for a review there: a line of CODEOWNERS.",
    )
    same_as: list[Person] = Field(default_factory=list, description="Other addresses of the same person.")
    until: date | None = Field(default=None, description="Decisions from this day on do not count.")


class People(Strict):
    """Everybody who may decide, by address."""

    people: dict[Person, Decider]

    @model_validator(mode="after")
    def _a_key_is_one_persons(self) -> Self:
        seen: dict[bytes | str, str] = {}
        for who, said in self.people.items():
            theirs: list[tuple[str, bytes | str]] = [("keys", key_of(line)) for line in said.keys]
            theirs += [("gpg_keys", key.fingerprint) for block in said.gpg_keys for key in keys_of(block)]
            for field, key in theirs:
                first = seen.setdefault(key, who)
                if first != who:
                    raise ValueError(
                        f"people.{who}.{field}: {first} has this key already, so it would name neither"
                    )
        return self

    def of_key(self, blob: bytes) -> str:
        """Who has an SSH key; empty where nobody does."""
        every = self.people.items()
        return next((who for who, said in every if blob in {key_of(line) for line in said.keys}), "")

    def one(self, who: str) -> str:
        """The address that a person is listed by; the address itself for somebody who is not."""
        for listed, said in self.people.items():
            if who == listed or who in said.same_as:
                return listed
        return who

    def of(self, who: str) -> Decider | None:
        """What the list says of a person."""
        return self.people.get(self.one(who))

    def with_role(self, role: Role) -> list[str]:
        """Who reviews of a role are asked of, on GitHub."""
        return [said.github for said in self.people.values() if role in said.roles and said.github]


def load_people(releases: Path) -> People | None:
    """The list beside ``models``; None where there is none.

    Raises:
        ReleaseError: it is wrong.
    """
    path = releases / FILE
    if not path.is_file():
        return None
    data, said = read_mapping(path, f"releases/{FILE}")
    if data is None or said:
        raise ReleaseError(said)
    try:
        return People.model_validate(data)
    except ValidationError as error:
        raise ReleaseError([f"releases/{FILE}: {line}" for line in explain(error, People)]) from None


def signed_events(
    folder: Path, name: str, people_named: Mapping[str, str], people: People | None, said: list[str]
) -> frozenset[str]:
    """The events of a folder that carry the signature of whoever says them; what is wrong with one is added.

    Args:
        folder: the events'.
        name: what messages call it.
        people_named: who says each event, by its file's name.
        people: the list of keys; without one no signature counts, and none is asked about.
        said: gets a line for each signature that does not count.
    """
    found: set[str] = set()
    if people is None:
        return frozenset()
    for event, who in people_named.items():
        path = folder / f"{event}{SIGNED}"
        if not path.is_file():
            continue
        faults = list(_faults(path, folder / event, who, people))
        said.extend(f"{name}/{path.name}: {fault}" for fault in faults)
        if not faults:
            found.add(event)
    return frozenset(found)


def _faults(signature: Path, event: Path, who: str, people: People) -> Iterator[str]:
    try:
        blob = signer(signature.read_text(encoding="ascii", errors="replace"), event.read_bytes())
    except (SshSignatureError, OSError) as error:
        yield str(error)
        return
    owner = people.of_key(blob)
    if owner != people.one(who):
        shown = f"{base64.b64encode(blob).decode()[:40]}..."
        by = f"by a key of {owner}" if owner else f"by a key that nobody has there ({shown})"
        yield f"should be by a key that releases/{FILE} names for {who}; it is {by}"
