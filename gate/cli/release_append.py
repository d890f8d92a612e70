"""``slipway release approve`` and its like: an event that somebody said, complete, beside the record it judges."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from facts.explain import explain
from facts.licences import licence_terms
from gate.cli.changes import write
from gate.cli.release_list import console
from gate.cli.release_new import NAME, as_yaml
from gate.cli.stack_files import stacks_with
from gate.core.checkout import ROOT
from gate.core.clickable import clickable
from gate.core.errors import GateError
from gate.core.git import author
from gate.core.ssh import sign
from releases.contradictions import contradictions, successor_problems
from releases.event_draft import draft_event, free_name
from releases.events import KINDS, Appended
from releases.load import LoadedRelease, ReleaseError, load_version
from releases.people import SIGNED, People
from releases.ssh_signature import key_of, signer

EVENT_HEAD = "# yaml-language-server: $schema=../../../../event.schema.json\n"


def append(
    name: str,
    kind: str,
    said: Mapping[str, Any],
    *,
    who: str,
    evidence: Sequence[str],
    today: date,
    organisation: Path | None,
    key: Path | None = None,
) -> None:
    """Write events/DATE-KIND.yaml, print it, and say what is true of the release now.

    With ``key`` a signature by it stands beside the event; it has to be one that ``releases/people.yaml`` names.

    Raises:
        GateError: there is no such release, or the event would be refused. Then nothing is written.
    """
    root = (organisation or ROOT).resolve()
    loaded = version_of(name, root)
    folder = f"{Path(loaded.file).parent}/events"
    data = draft_event(kind, loaded.release, loaded.record_digest, today)
    data |= {"who": who or author(root), **said, "evidence": list(evidence)}
    file = free_name(root / folder, kind, today)
    problems = [*_open_obligations(loaded, kind, data), *_against(loaded, root, data, file)]
    if problems:
        raise GateError("the event would be refused, so it was not written:", problems)
    text = EVENT_HEAD + as_yaml(data)
    files: dict[str, str | None] = {f"{folder}/{file}": text}
    if key is not None:
        files[f"{folder}/{file}{SIGNED}"] = signed_by(key, text.encode(), str(data["who"]), loaded.people)
    write(root, files)
    after = version_of(name, root)
    out = console()
    out.print(f"{name} is {after.state.word(today)}", style="bold", markup=False)
    serving = stacks_with(root, loaded.release.model, loaded.release.version)
    if after.state.revocation is not None and serving:
        listed = ", ".join(serving)
        out.print(f"these stacks are refused until they let go of it: {listed}", markup=False, soft_wrap=True)


def signed_by(key: Path, content: bytes, who: str, people: People | None) -> str:
    """A signature by somebody's own key, which the list names.

    Raises:
        GateError: the list does not name the key for them.
    """
    text = sign(key, content)
    listed = people.of(who) if people is not None else None
    if listed is None or signer(text, content) not in {key_of(line) for line in listed.keys}:
        said = f"slipway people add {who} --role approver --key {key}.pub writes it there, for review"
        raise GateError(
            f"--sign: releases/people.yaml names no such key of {who}, so nothing was written:", [said]
        )
    return text


def sign_events(name: str, key: Path, who: str, organisation: Path | None) -> None:
    """Sign what somebody decided about a release and did not sign yet.

    Raises:
        GateError: there is nothing of theirs to sign, or the key is not theirs.
    """
    root = (organisation or ROOT).resolve()
    loaded = version_of(name, root)
    said_by = who or author(root)
    theirs = [a.name for a in loaded.appended if a.event.who == said_by and a.name not in loaded.signed]
    if not theirs:
        raise GateError(f"{name}: there is no unsigned event of {said_by or 'nobody; --who names somebody'}")
    folder = f"{Path(loaded.file).parent}/events"
    files = {
        f"{folder}/{file}{SIGNED}": signed_by(
            key, (root / folder / file).read_bytes(), said_by, loaded.people
        )
        for file in theirs
    }
    write(root, files)


def version_of(name: str, root: Path) -> LoadedRelease:
    """MODEL/VERSION of a folder that holds ``releases/``; no other release is looked at.

    Raises:
        GateError: the name is none, or its record or an event is wrong.
    """
    named = NAME.match(name)
    if named is None:
        raise GateError(f"name one version: MODEL/VERSION (got {name!r})")
    try:
        return load_version(root / "releases" / "models" / named["model"] / named["version"])
    except ReleaseError as error:
        raise GateError(f"{name} cannot be read:", clickable(root, error.problems)) from None


def _open_obligations(loaded: LoadedRelease, kind: str, data: dict[str, Any]) -> list[str]:
    """What an acceptance says nothing about, by the option that would say it."""
    asked = licence_terms()[loaded.release.licence.name].serving
    if kind != "licence-review":
        return []
    met = [each for each in data.get("obligations_met", ()) if not each.startswith("CHANGEME")]
    data["obligations_met"] = met
    if not met:
        del data["obligations_met"]
    if data.get("decision") != "accepted":
        return []
    return [
        f"--met {name}: {loaded.release.licence.name} asks whoever serves it for {words}; name it if it is met, "
        "and say how as evidence"
        for name, words in asked.items()
        if name not in met
    ]


def _against(loaded: LoadedRelease, root: Path, data: dict[str, Any], file: str) -> list[str]:
    if not data["who"]:
        return ["--who: should be an address; git knows none here (git config user.email)"]
    if not data["evidence"]:
        return ["--evidence: say at least once what it rests on: a page, a ticket, a run"]
    model = KINDS[data["kind"]]
    try:
        event = model.model_validate(data)
    except ValidationError as error:
        return [f"--{line.replace('_', '-', 1)}" for line in explain(error, model)]
    events = [*loaded.appended, Appended(event, file)]
    of_model = root / "releases" / "models" / loaded.release.model
    versions = [path.name for path in of_model.iterdir()]
    said = [
        *contradictions(events, loaded.record_digest, loaded.release),
        *successor_problems(events, loaded.release.version, versions),
    ]
    return [line.removeprefix(f"{file}: ") for line in said]
