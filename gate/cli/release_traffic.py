"""``slipway release promote``, ``rollback`` and ``retire``: the one line of a stack file that says who answers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from facts.explain import did_you_mean
from facts.strict_yaml import load
from facts.yaml_edit import YamlEditError, changed, noted, removed
from gate.cli.changes import write
from gate.cli.release_append import version_of
from gate.cli.release_list import console
from gate.cli.stack_files import Chosen, choose
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.share_findings import MARK
from releases.checks import state_problems
from releases.load import LoadedRelease
from releases.measured import GivenShare, measurement_notices
from releases.steps import Shares, StepError, promoted, skipped_steps
from stacks.rollout import entry_beside


def promote(
    name: str, stack: str, *, to: int | None, skip: str, now: datetime, organisation: Path | None
) -> None:
    """Give a version its next share in a stack file and print the difference.

    A version that is not there yet is entered with the stable version's pool and replicas. A language model enters
    without a share: the edge learns of a backend seconds before it may send anything there.

    Raises:
        GateError: the release may not be served, or a step or the time of one would be left out and nobody says why.
    """
    root = (organisation or ROOT).resolve()
    loaded = version_of(name, root)
    release = loaded.release
    chosen = choose(root, stack, release.model)
    has_slot = release.needs.engine == "vllm"
    path, text = chosen.path, chosen.text
    try:
        after = promoted(chosen.shares, release.version, release.rollout, to)
    except StepError as error:
        raise GateError(f"{name} is not promoted in {stack}:", [str(error)]) from None
    try:
        if release.version not in chosen.versions:
            entry = entry_beside(chosen.versions, chosen.shares.stable, release.version, has_slot=has_slot)
            text = changed(text, (*path, "versions", release.version), entry)
            if has_slot:
                after = chosen.shares
        _may_be_served(name, loaded, after, now.date())
        left_out = list(_left_out(chosen, loaded, after, now))
        if left_out and not skip:
            raise GateError(
                f"{name} is not promoted in {stack}:",
                [f"{said}; --skip-step REASON says why not" for said in left_out],
            )
        text = with_shares(text, path, after)
        if left_out:
            text = noted(text, (*path, "traffic"), MARK, f"{now.date()} {'; '.join(left_out)}. Why: {skip}")
    except YamlEditError as error:
        raise GateError(f"{chosen.file} is not changed:", [str(error)]) from None
    write(root, {chosen.file: text})
    _say(chosen, after, release.version, f"hold it for {release.rollout.hold_minutes} minutes")


def rollback(model: str, stack: str, *, to: str, organisation: Path | None) -> None:
    """Take the candidate's share back, or let the version before answer again; what ran stays warm.

    Raises:
        GateError: there is nothing to go back to, or more than one version and none is named.
    """
    chosen = choose((organisation or ROOT).resolve(), stack, model)
    now = chosen.shares
    others = [version for version in chosen.versions if version != now.stable]
    if to and to not in chosen.versions:
        hint = did_you_mean(to, sorted(chosen.versions), "there are")
        raise GateError(f"--to: {stack} runs no {model}/{to}; {hint}")
    if not to and now.candidate is None and len(others) != 1:
        said = (
            f"{', '.join(others)}: name one with --to" if others else "no other version runs; list one first"
        )
        raise GateError(f"{model} is not rolled back in {stack}:", [f"{now.stable} answers, and {said}"])
    target = to or (now.stable if now.candidate is not None else others[0])
    after = Shares(target)
    if after == now:
        raise GateError(f"{model} is not rolled back in {stack}:", [f"{target} answers everything already"])
    _warn_of(chosen, target)
    write(chosen.root, {chosen.file: _edited(chosen, after)})
    _say(chosen, after, "", "say why: slipway release event NAME incident")


def retire(name: str, stack: str, *, skip: str, now: datetime, organisation: Path | None) -> None:
    """Take a version out of a stack that has had no share for its rollback window.

    Raises:
        GateError: it has a share, or the window is not over and nobody says why it need not be.
    """
    root = (organisation or ROOT).resolve()
    loaded = version_of(name, root)
    version = loaded.release.version
    chosen = choose(root, stack, loaded.release.model)
    if version not in chosen.versions:
        raise GateError(f"{stack} runs no {name}")
    if share := chosen.shares.of(version):
        said = f"it answers {share} % of requests; roll it back, or promote the other version"
        raise GateError(f"{name} is not taken out of {stack}:", [said])
    hours = loaded.release.rollout.rollback_window_hours
    late = _too_soon(chosen, lambda shares: shares.of(version), timedelta(hours=hours), now)
    if late and not skip and loaded.state.revocation is None:
        said = (
            f"rollout.rollback_window_hours is {hours}: {late}; --skip-step REASON says why it need not wait"
        )
        raise GateError(f"{name} is not taken out of {stack}:", [said])
    try:
        text = removed(chosen.text, (*chosen.path, "versions", version))
    except YamlEditError as error:
        raise GateError(f"{chosen.file} is not changed:", [str(error)]) from None
    write(root, {chosen.file: text})


def with_shares(text: str, path: tuple[str, ...], after: Shares) -> str:
    """The text with other shares; a note about the ones before goes."""
    text = noted(text, (*path, "traffic"), MARK, "")
    for key in ("percent", "candidate"):
        if key not in after.data and key in _traffic(text, path):
            text = removed(text, (*path, "traffic", key))
    for key, value in after.data.items():
        if _traffic(text, path).get(key) != value:
            text = changed(text, (*path, "traffic", key), value)
    return text


def _traffic(text: str, path: tuple[str, ...]) -> Mapping[str, Any]:
    found = load(text, "file")
    for step in (*path, "traffic"):
        found = found[step]
    said: Mapping[str, Any] = found
    return said


def _edited(chosen: Chosen, after: Shares) -> str:
    try:
        return with_shares(chosen.text, chosen.path, after)
    except YamlEditError as error:
        raise GateError(f"{chosen.file} is not changed:", [str(error)]) from None


def _may_be_served(name: str, loaded: LoadedRelease, after: Shares, today: date) -> None:
    version = loaded.release.version
    given = GivenShare(
        percent=after.of(version),
        is_candidate=version == after.candidate,
        is_driven=loaded.release.rollout.driver == "controller",
    )
    against = [str(problem) for problem in state_problems(loaded)]
    against += [
        f"{said.file}: {said.message}; slipway release evaluate appends one"
        for said in measurement_notices(loaded, given, today)
        if said.level == "mandatory"
    ]
    if against:
        raise GateError(f"{name} gets no share:", against)


def _left_out(chosen: Chosen, loaded: LoadedRelease, after: Shares, now: datetime) -> list[str]:
    """What the record asks of a rollout and this change would leave out."""
    version, rollout, before = loaded.release.version, loaded.release.rollout, chosen.shares
    if after == before:
        return []
    skipped = list(skipped_steps(before, after, version, rollout))
    said = [f"skips {', '.join(f'{step} %' for step in skipped)} (rollout.steps)"] if skipped else []
    hold = timedelta(minutes=rollout.hold_minutes)
    if before.of(version) and (late := _too_soon(chosen, lambda shares: shares.of(version), hold, now)):
        said.append(
            f"{before.of(version)} % is held for {rollout.hold_minutes} minutes (rollout.hold_minutes): {late}"
        )
    return said


def _too_soon(chosen: Chosen, share_of: Callable[[Shares], int], least: timedelta, now: datetime) -> str:
    """Why a share has not stood long enough; empty where it has."""
    try:
        begun = chosen.since(share_of)
    except GateError as error:
        return f"git cannot say since when ({' '.join(str(error).split())})"
    if begun is None:
        return "it is not committed yet"
    if now - begun < least:
        return f"it was committed at {begun.isoformat()}"
    return ""


def _warn_of(chosen: Chosen, version: str) -> None:
    against = state_problems(version_of(f"{chosen.model}/{version}", chosen.root))
    if against:
        said = [str(problem) for problem in against]
        raise GateError(f"{chosen.model}/{version} may not answer:", said)


def _say(chosen: Chosen, after: Shares, version: str, then: str) -> None:
    out = console()
    answering = ", ".join(f"{v} {after.of(v)} %" for v in (after.stable, after.candidate) if v is not None)
    out.print(f"{chosen.model} in {chosen.stack}: {answering}", style="bold", markup=False)
    if version and not after.of(version):
        out.print(f"{version} runs without a share; promote it again when it is up", markup=False)
    elif version and after.of(version) < 100:  # noqa: PLR2004 per cent
        out.print(f"commit it, bring it up, then {then}", markup=False)
    out.print(f"next: slipway preview {chosen.stack}", markup=False)
