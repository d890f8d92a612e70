"""Decisions that the commit signs which added them: by a key of the list, of whoever says it, and unchanged since."""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from releases import openpgp
from releases.events import Appended
from releases.history import Change, HistoryError, changes
from releases.openpgp import OpenPgpError
from releases.people import FILE, People
from releases.people_events import Approval, LicenceReview
from releases.ssh_signature import OF_COMMITS, SshSignatureError, signer

_SSH: Final = "-----BEGIN SSH SIGNATURE-----"
_PGP: Final = "-----BEGIN PGP SIGNATURE-----"
_SHA256_LENGTH: Final = 64
_proven: set[tuple[str, ...]] = set()
"""Files and keys that were found to belong together. The gate reads a stack before it runs the program, which may run
no command: what the program reads once more is known by then. A file or a key that is another is asked about again."""


class Commits:
    """The commits behind unsigned decisions of a folder of releases.

    Git is asked at the first question, about all of them at once; never, where nobody asks.
    """

    def __init__(self, releases: Path, people: People | None) -> None:
        self._folder = releases.resolve()
        self._people = people
        self._who: dict[str, str] = {}
        self._why: dict[str, str] | None = None

    def expect(self, version: str, events: Sequence[Appended], signed: Collection[str]) -> None:
        """Somebody may ask about the decisions of a version, ``releases/...``, that nothing beside them signs."""
        for each in events:
            if isinstance(each.event, Approval | LicenceReview) and each.name not in signed:
                self._who[f"{version}/events/{each.name}"] = each.event.who

    def against(self, event: str) -> str:
        """Why the commit that added a file does not sign it; empty where it does."""
        if self._people is None or event not in self._who:
            return f"there is no releases/{FILE}"
        if self._proof(event, self._people) in _proven:
            return ""
        if self._why is None:
            self._why = self._asked(self._people)
        return self._why[event]

    def _asked(self, people: People) -> dict[str, str]:
        files = {event: event.partition("/")[2] for event in self._who}
        try:
            found = changes(self._folder, list(files.values()))
        except HistoryError as error:
            return dict.fromkeys(files, str(error))
        why = {}
        for event, file in files.items():
            content = (self._folder / file).read_bytes()
            why[event] = _against(found.get(file, ()), content, self._who[event], people)
            if not why[event]:
                _proven.add(self._proof(event, people))
        return why

    def _proof(self, event: str, people: People) -> tuple[str, ...]:
        who = people.one(self._who[event])
        listed = people.of(who)
        content = (self._folder / event.partition("/")[2]).read_bytes()
        keys = (*listed.keys, *listed.gpg_keys) if listed is not None else ()
        return (str(self._folder), event, hashlib.sha256(content).hexdigest(), who, *keys)


def _against(made: Sequence[Change], content: bytes, who: str, people: People) -> str:
    if not made:
        return "it is not committed"
    first, last = made[-1], made[0]
    if any(change.is_last_here for change in made) or not first.is_new:
        return (
            f"this clone is shallow and ends at commit {first.short}, before one can tell which commit added "
            "it: fetch the whole history (fetch-depth: 0, git fetch --unshallow)"
        )
    if len(made) > 1:
        return f"commit {last.short} changed it since commit {first.short} added it"
    if len(first.parents) > 1:
        return f"merge {first.short} added it, and none of what it merges has it: a merge signs no file of its own"
    if first.content != content:
        return f"it says something else now than when commit {first.short} added it"
    fault = _signature_fault(first, who, people)
    return f"commit {first.short}, which added it, {fault}" if fault else ""


def _signature_fault(change: Change, who: str, people: People) -> str:
    """Why a commit's signature is not one of a person's; empty where it is."""
    texts, signed = _parts(change)
    if len(texts) != 1:
        return "has no signature" if not texts else "has more than one signature"
    text = texts[0]
    try:
        if text.startswith(_SSH):
            owner = people.of_key(signer(text, signed, OF_COMMITS))
        elif text.startswith(_PGP):
            owner = _of_gpg_key(text, signed, people)
        else:
            return "has a signature that is neither of SSH nor of GPG"
    except (SshSignatureError, OpenPgpError) as error:
        return f"has a signature that does not count: it {error}"
    if not owner:
        return f"is signed by a key that releases/{FILE} does not name, or was changed after it was signed"
    return "" if owner == people.one(who) else f"is signed by a key of {owner}"


def _of_gpg_key(text: str, signed: bytes, people: People) -> str:
    owners = {
        key: who
        for who, said in people.people.items()
        for block in said.gpg_keys
        for key in openpgp.keys_of(block)
    }
    key = openpgp.signer(text, signed, owners)
    return owners[key] if key is not None else ""


def _parts(change: Change) -> tuple[list[str], bytes]:
    """A commit's signatures, and the bytes that they are over: all of it but themselves."""
    name = b"gpgsig-sha256" if len(change.commit) == _SHA256_LENGTH else b"gpgsig"
    head, _, message = change.raw.partition(b"\n\n")
    texts: list[bytes] = []
    kept: list[bytes] = []
    is_signature = False
    for line in head.split(b"\n"):
        if line.startswith(name + b" "):
            texts.append(line[len(name) + 1 :])
            is_signature = True
        elif is_signature and line.startswith(b" "):
            texts[-1] += b"\n" + line[1:]
        else:
            kept.append(line)
            is_signature = False
    return [text.decode("ascii", "replace") for text in texts], b"\n".join(kept) + b"\n\n" + message
