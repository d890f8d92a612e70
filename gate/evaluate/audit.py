"""The questions of an audit, answered from git, stack files and records alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gate.core import git
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.past_shares import shares_in
from gate.evaluate.proof import proof_of
from policies.engine.waiver import Waiver
from releases.load import LoadedRelease
from releases.state import Decision
from stacks.load import Stack
from stacks.retention import kept_by

_WAIVERS: Final = "policies/waivers.yaml"


@dataclass(frozen=True)
class Answer:
    """One question, and the rows that answer it; ``note`` says what the rows do not."""

    id: str
    question: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked about: the stacks of a checkout, a day, and a release where one is named."""

    root: Path
    stacks: Sequence[Stack]
    today: date
    on: date
    name: str = ""

    def serving(self) -> Iterator[tuple[Stack, LoadedRelease, int]]:
        """Every version that a stack runs, with its share."""
        for stack in self.stacks:
            for loaded in stack.releases:
                release = loaded.release
                share = stack.settings.models[release.model].traffic.percent_of(release.version)
                if not self.name or self.name in {release.model, f"{release.model}/{release.version}"}:
                    yield stack, loaded, share


def _approvals(asked: Asked) -> Answer:
    places: dict[str, list[str]] = {}
    for stack, loaded, share in asked.serving():
        places.setdefault(_named(loaded), []).append(f"{stack.name} {share} %")
    rows = []
    for loaded in _once(asked):
        for what, decision in _decisions(loaded):
            who, when = (decision.who, str(decision.when)) if decision else ("nobody", "")
            serving = ", ".join(places[_named(loaded)])
            rows.append((_named(loaded), what, who, when, serving, _evidence(loaded, decision)))
    columns = ("release", "decision", "by", "on", "serving in", "evidence")
    return Answer("approvals", "Who approved what is serving?", columns, rows)


def _identity(asked: Asked) -> Answer:
    rows = []
    for loaded in _once(asked):
        for what, decision in _decisions(loaded):
            if decision is None:
                continue
            listed = loaded.people.of(decision.who) if loaded.people is not None else None
            place = (
                f"{' and '.join(listed.roles)} in releases/people.yaml"
                if listed
                else "not in releases/people.yaml"
            )
            committer = _author(asked.root, f"{loaded.events_folder}/{decision.name}")
            rows.append((_named(loaded), what, decision.who, proof_of(loaded, decision), place, committer))
    columns = ("release", "decision", "says it is", "proof", "may decide", "committed by")
    note = "Who committed a file is what git was told; a signature is by whoever holds the key."
    return Answer("identity", "Is that who they say they are?", columns, rows, note)


def _eyes(asked: Asked) -> Answer:
    rows = []
    for loaded in _once(asked):
        state, release = loaded.state, loaded.release
        approver = state.approval.who if state.approval else "nobody"
        one: Callable[[str], str] = loaded.people.one if loaded.people is not None else str
        makers = {figure.by for figure in release.evaluations}
        makers |= {release.artifact.signature.identity} if release.artifact.signature else set()
        others = {"reviewer": state.licence_review.who if state.licence_review else "nobody"}
        others |= {
            "author": _author(asked.root, loaded.file),
            "makers": ", ".join(sorted(makers)) or "nobody named",
        }
        same = [
            role for role, who in others.items() if one(approver) in {one(each) for each in who.split(", ")}
        ]
        verdict = f"NO: also {' and '.join(same)}" if same else "yes"
        rows.append((_named(loaded), approver, *others.values(), verdict))
    columns = (
        "release",
        "approver",
        "reviewer",
        "author of the record",
        "measured or signed by",
        "another person",
    )
    note = "The author is who committed the record first, as git was told."
    return Answer("eyes", "Was the approver another than author and reviewer?", columns, rows, note)


def _served(asked: Asked) -> Answer:
    commit = git.commit_on(asked.root, asked.on)
    if commit is None:
        return Answer(
            "served", f"What served on {asked.on}?", (), [], "The history of this checkout begins later."
        )
    rows = []
    for file in git.files_at(asked.root, commit, ["stacks"]):
        name = Path(file).name
        if not (name.startswith("Pulumi.") and name.endswith(".yaml")):
            continue
        stack = name.removeprefix("Pulumi.").removesuffix(".yaml")
        for model, version, share in shares_in(git.bytes_at(asked.root, commit, file), file):
            if not asked.name or asked.name in {model, f"{model}/{version}"}:
                rows.append((stack, f"{model}/{version}", f"{share} %", commit[:10]))
    note = "As this branch said at the end of that day (UTC); when it was brought up stands in `pulumi stack history`."
    return Answer(
        "served", f"What served on {asked.on}?", ("stack", "release", "share", "commit"), rows, note
    )


def _where(asked: Asked) -> Answer:
    rows = [
        (
            _named(loaded),
            stack.name,
            stack.settings.platform.account,
            stack.settings.platform.region,
            f"{share} %",
        )
        for stack, loaded, share in asked.serving()
    ]
    columns = ("release", "stack", "account", "region", "share")
    return Answer("where", f"Which stacks serve {asked.name or 'which release'} now?", columns, sorted(rows))


def _risks(asked: Asked) -> Answer:
    own = asked.root / _WAIVERS
    waivers = load_waivers(
        own if own.is_file() else ROOT / _WAIVERS
    )  # another folder's stacks have this checkout's
    rows = [
        _risk(name, waiver, asked.today)
        for name, waiver in sorted(waivers.items(), key=lambda w: (w[1].expires, w[0]))
    ]
    for loaded in _once(asked):
        rows += [
            (f"incident {i.name}", i.who, str(i.date), "open", _named(loaded), i.summary)
            for i in loaded.state.open_incidents
        ]
    columns = ("what", "by", "since", "until", "where", "why")
    return Answer("risks", "Which risks are accepted, by whom, until when?", columns, rows)


def _risk(name: str, waiver: Waiver, today: date) -> tuple[str, ...]:
    until = f"{waiver.expires}{' (over)' if waiver.expires < today else ''}"
    where = waiver.stacks if isinstance(waiver.stacks, str) else ", ".join(waiver.stacks)
    return (
        f"{name}: {waiver.rule}",
        waiver.owner,
        str(waiver.created),
        until,
        where,
        " ".join(waiver.reason.split()),
    )


def _retention(asked: Asked) -> Answer:
    rows = []
    for stack in asked.stacks:
        for kept in (
            kept_by(stack.settings_of, stack.settings.platform.kept) if stack.upstream is None else ()
        ):
            days = f"{kept.days} days" if kept.days else "until it is deleted"
            rows.append((stack.name, kept.what, days, kept.where, kept.protection))
    columns = ("stack", "what", "kept", "where", "protection")
    return Answer("retention", "How long is it kept, and where is it immutable?", columns, rows)


def _training(asked: Asked) -> Answer:
    rows = []
    for loaded in _once(asked):
        origin, licence = loaded.release.origin, loaded.release.licence
        sets = [f"{data.name}{f' {data.version}' if data.version else ''}" for data in origin.training_data]
        rows.append(
            (
                _named(loaded),
                ", ".join(sets) or "the record names none",
                origin.base_model or "none stated",
                f"{origin.model} {origin.revision}",
                f"{licence.name}, read {licence.read}",
            )
        )
    columns = ("release", "data", "trained from", "upstream", "licence")
    return Answer("training", "What data was a model trained on?", columns, rows)


QUESTIONS: Final[Mapping[str, Callable[[Asked], Answer]]] = {
    "approvals": _approvals,
    "identity": _identity,
    "eyes": _eyes,
    "served": _served,
    "where": _where,
    "risks": _risks,
    "retention": _retention,
    "training": _training,
}


def _named(loaded: LoadedRelease) -> str:
    return f"{loaded.release.model}/{loaded.release.version}"


def _once(asked: Asked) -> list[LoadedRelease]:
    """Every release that serves anywhere, once."""
    return list({_named(loaded): loaded for _, loaded, _ in asked.serving()}.values())


def _decisions(loaded: LoadedRelease) -> Iterator[tuple[str, Decision | None]]:
    yield "approval", loaded.state.approval
    yield "licence review", loaded.state.licence_review


def _evidence(loaded: LoadedRelease, decision: Decision | None) -> str:
    name = decision.name if decision is not None else ""
    return "; ".join(line for each in loaded.appended if each.name == name for line in each.event.evidence)


def _author(root: Path, file: str) -> str:
    """Who committed a file first; what is not committed has nobody yet."""
    try:
        commits = list(git.commits_of(root, file))
        return git.author_of(root, commits[-1][0]) if commits else "not committed"
    except GateError:
        return "unknown: no history here"
