"""Whether a release may run in an environment, and whether what was chosen for it lies within its bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from facts.licences import licence_terms
from releases.licence import Use
from releases.load import LoadedRelease
from releases.loaded import LoadedRecord
from releases.problem import Problem
from releases.state import Decision
from releases.trust import trust_problems

EXAMPLE_ACCOUNT: Final = "111122223333"
"""The account of AWS's own documentation, which is nobody's: illustrative records may stand there."""

_EXAMPLE_DOMAINS: Final = ("example.com", "example.org", "example.net")
"""Nobody has an address there (RFC 2606, section 3; read 2026-11-29); so are names below ``.example``."""


@dataclass(frozen=True)
class Environment:
    """Where a release is to run, and what for."""

    account: str
    region: str
    use: Use = "commercial"
    """What its models are used for: the licence must permit it."""
    signed_only: bool = False
    signed_decisions: bool = False
    """Whether only decisions count that their maker signed, and nobody's about their own work."""
    payload_days: Mapping[str, int] = field(default_factory=dict)
    """How many days a payload exists, old versions included, by data class; empty where none is kept."""
    metric_days: int | None = None
    """How many days Prometheus keeps its series; None where no telemetry is known."""


def is_nobody(who: str) -> bool:
    """Whether an address is of a domain that documentation uses, where nobody can be asked."""
    domain = who.rpartition("@")[2].lower()
    return domain.endswith(".example") or any(
        domain == d or domain.endswith(f".{d}") for d in _EXAMPLE_DOMAINS
    )


def environment_problems(loaded: LoadedRelease, environment: Environment) -> list[Problem]:
    """Why this release must not run there; nothing if it may."""
    return [
        *_record_problems(loaded, environment),
        *_data_problems(loaded, environment),
        *stranger_problems(loaded, environment.account),
        *trust_problems(loaded, signed_only=environment.signed_decisions),
        *state_problems(loaded),
    ]


def stranger_problems(loaded: LoadedRecord, account: str) -> Iterator[Problem]:
    """Decisions of the example organisation say nothing about a release that somebody really serves."""
    if account == EXAMPLE_ACCOUNT:
        return
    for decision, command in ((loaded.state.licence_review, "review"), (loaded.state.approval, "approve")):
        if decision is not None and decision.granted and is_nobody(decision.who):
            yield Problem(
                "nobody",
                f"{loaded.events_folder}/{decision.name}: who",
                f"{decision.who} is nobody: that domain is for documentation, so the decision counts in account "
                f"{EXAMPLE_ACCOUNT} alone (got {account}); slipway release {command} appends your own",
            )


def state_problems(loaded: LoadedRecord) -> list[Problem]:
    """What speaks against this release wherever it would run."""
    return [*_decision_problems(loaded), *_event_problems(loaded)]


def _record_problems(loaded: LoadedRelease, environment: Environment) -> Iterator[Problem]:
    release, file = loaded.release, loaded.file
    if release.provenance == "illustrative" and environment.account != EXAMPLE_ACCOUNT:
        yield Problem(
            "illustrative",
            f"{file}: provenance",
            f"the record only shows the form, so it runs in no account but {EXAMPLE_ACCOUNT} "
            f"(got {environment.account})",
        )
    window = release.slo.window_days if release.slo else 0
    if environment.metric_days is not None and environment.metric_days < window:
        yield Problem(
            "objectives",
            f"{file}: slo.window_days",
            f"an error budget over {window} days needs series that are kept as long; "
            f"telemetry.metric_retention_days is {environment.metric_days}",
        )
    if environment.region not in release.data.residency:
        allowed = ", ".join(release.data.residency)
        yield Problem(
            "residency",
            f"{file}: data.residency",
            f"it may run in {allowed} (got {environment.region}, the platform's region); serve it from a stack there",
        )
    if environment.use not in release.licence.permitted_uses:
        uses = ", ".join(release.licence.permitted_uses)
        yield Problem(
            "use",
            f"{file}: licence.permitted_uses",
            f"it may be used for {uses} ({release.licence.name}), and this stack's use is {environment.use} "
            "(workload_namespace.use); serve it where that is true",
        )
    if release.origin.needs_remote_code:
        yield Problem(
            "remote-code",
            f"{file}: origin.needs_remote_code",
            "the engine would run code that came with the weights; take a release that needs none",
        )


def _data_problems(loaded: LoadedRelease, environment: Environment) -> Iterator[Problem]:
    release, file = loaded.release, loaded.file
    if environment.signed_only and release.artifact.signature is None:
        yield Problem(
            "unsigned", f"{file}: artifact.signature", "this stack serves signed files only; sign them"
        )
    if release.artifact.adapter_of is not None:
        base = release.artifact.adapter_of
        yield Problem(
            "adapter",
            f"{file}: artifact.adapter_of",
            f"it runs on {base} only, and nothing here loads adapters yet; merge it into its base model",
        )
    kept, allowed = environment.payload_days.get(release.data.data_class), release.data.retention_days
    if kept is not None and allowed is not None and kept > allowed:
        yield Problem(
            "retention",
            f"{file}: data.retention_days",
            f"payloads may be kept {allowed} days, and the platform keeps those of class "
            f"{release.data.data_class} {kept}, the last of them as old versions; "
            f"shorten model_store.payload_retention.{release.data.data_class}",
        )


def _event_problems(loaded: LoadedRecord) -> Iterator[Problem]:
    state = loaded.state
    if state.revocation is not None:
        yield Problem(
            "revoked",
            loaded.where(state.revocation),
            f"revoked by {state.revocation.who} on {state.revocation.date} ({state.revocation.reason}); "
            "take the version out of the stack",
        )
    for evaluation in state.evaluations.values():
        if not evaluation.holds:
            side = "below" if evaluation.direction == "higher" else "above"
            yield Problem(
                "evaluation",
                f"{loaded.where(evaluation)}.value",
                f"{evaluation.suite} {evaluation.metric} is {evaluation.value:g} ({evaluation.date}), "
                f"{side} its floor {evaluation.floor:g}; serve a version that holds it",
            )


def _decision_problems(loaded: LoadedRecord) -> Iterator[Problem]:
    state, folder = loaded.state, loaded.events_folder
    if isinstance(loaded, LoadedRelease):
        yield from _licence_problems(loaded)
    if state.approval is None:
        yield Problem(
            "not-approved",
            folder,
            "no approval event judged this record; append one, or take the version out of the stack",
        )
    elif not state.approval.granted:
        said = f"{state.approval.who} refused it on {state.approval.when}; take the version out of the stack"
        yield Problem("approval-refused", f"{folder}/{state.approval.name}: decision", said)


def _licence_problems(loaded: LoadedRelease) -> Iterator[Problem]:
    state, folder = loaded.state, loaded.events_folder
    if state.licence_review is None:
        yield Problem(
            "licence-not-reviewed",
            folder,
            "no licence-review event judged this record; append one, or take the version out of the stack",
        )
    elif not state.licence_review.granted:
        review = state.licence_review
        said = f"{review.who} refused the licence on {review.when}; take the version out of the stack"
        yield Problem("licence-refused", f"{folder}/{review.name}: decision", said)
    else:
        yield from _obligation_problems(loaded, state.licence_review)


def _obligation_problems(loaded: LoadedRelease, review: Decision) -> Iterator[Problem]:
    """An acceptance that is silent about what the licence asks of who serves the model has not judged it."""
    asked = licence_terms()[loaded.release.licence.name].serving
    open_ones = [f"{kind} ({words})" for kind, words in asked.items() if kind not in review.obligations_met]
    if open_ones:
        yield Problem(
            "licence-obligations",
            f"{loaded.events_folder}/{review.name}: obligations_met",
            f"{loaded.release.licence.name} asks whoever serves it for {', '.join(open_ones)}; "
            "append a licence-review that names them and whose evidence says how they are met",
        )
