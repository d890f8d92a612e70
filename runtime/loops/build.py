"""The world that settings describe; everything that is wrong with it is named before any run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.loops.checkout import fetch
from runtime.loops.events.folder import FolderEvents, NoEvents
from runtime.loops.events.git import GitEvents
from runtime.loops.events.signing import KeyFile, Signer
from runtime.loops.figures.prometheus import PrometheusFigures
from runtime.loops.measuring import CommandMeasurer, NoMeasurer
from runtime.loops.names import speaker
from runtime.loops.people.statements import known_keys
from runtime.loops.policy.cedar import CedarPolicies
from runtime.loops.ports import EventsPort, MeasurerPort, SharesPort
from runtime.loops.proposals import FolderProposals
from runtime.loops.references import FolderReferences
from runtime.loops.releases_folder import FolderReleases
from runtime.loops.settings import (
    ClusterSharesSettings,
    EnvoyFileSettings,
    EventsSettings,
    LoopsError,
    LoopsSettings,
)
from runtime.loops.shares.cluster import ClusterShares
from runtime.loops.shares.envoy_file import EnvoyFileShares
from runtime.loops.shares.kubernetes_api import KubernetesApi
from runtime.loops.world import World


def world_of(settings: LoopsSettings) -> World:
    """Every part, ready; the repository is fetched first where settings name one.

    Raises:
        LoopsError: policies, keys or folders are wrong or missing; all of it at once.
    """
    if settings.repository is not None:
        fetch(settings.repository, settings.events.branch if settings.events is not None else "")
    problems: list[str] = []

    def part(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ValueError as error:
            problems.extend(str(error).splitlines())
            return None

    models = Path(settings.releases)
    if not models.is_dir():
        problems.append(f"releases: {models} is no folder; it should be releases/models of a checkout")
    policy = part(lambda: CedarPolicies.load(Path(settings.policies)))
    people = part(lambda: known_keys(Path(settings.people.keys)))
    signer = part(lambda: _signer(settings.events))
    if signer is not None and models.is_dir():
        problems.extend(_unknown(signer, models))
    if problems:
        raise LoopsError("the loops cannot run:", problems)
    return World(
        shares=shares_of(settings.shares),
        figures=PrometheusFigures(settings.prometheus.url, settings.prometheus.queries),
        events=_events(settings, models, signer),
        releases=FolderReleases(models),
        policy=policy,
        people=people,
        proposals=FolderProposals(Path(settings.proposals)),
        references=FolderReferences(Path(settings.references)),
        measurer=_measurer(settings),
    )


def _signer(settings: EventsSettings | None) -> Signer | None:
    if settings is None:
        return None
    if settings.kms is None:
        return KeyFile.load(Path(settings.key))
    # botocore takes half a second to load, and on one machine nobody needs it.
    from runtime.loops.events.kms import KmsKey, kms_client  # noqa: PLC0415 as above

    return KmsKey.load(kms_client(settings.kms.region), settings.kms.key)


def _unknown(signer: Signer, models: Path) -> list[str]:
    """Events by a key that is not committed would be refused by everybody who reads them."""
    folder = models.parent / "keys"
    known = {path.read_bytes() for path in folder.glob("*.pub")} if folder.is_dir() else set()
    if signer.public_pem in known:
        return []
    return [f"events: the public half of the key stands in no file of {folder}; commit it there"]


def shares_of(settings: EnvoyFileSettings | ClusterSharesSettings) -> SharesPort:
    """Who answers which share, where the settings say it stands."""
    if isinstance(settings, ClusterSharesSettings):
        account = Path(settings.account)
        api = KubernetesApi(server=settings.server, token=account / "token", authority=account / "ca.crt")
        return ClusterShares(api)
    return EnvoyFileShares(Path(settings.path), settings.admin)


def _events(settings: LoopsSettings, models: Path, signer: Signer | None) -> EventsPort:
    if settings.events is None or signer is None:
        return NoEvents()
    folder = FolderEvents(models, signer)
    if not settings.events.branch:
        return folder
    return GitEvents(
        folder=folder,
        checkout=models.parents[1],
        branch=settings.events.branch,
        author=f"slipway@{settings.environment}.invalid",
        remote=settings.events.remote,
    )


def _measurer(settings: LoopsSettings) -> MeasurerPort:
    if settings.evaluation is None:
        return NoMeasurer()
    return CommandMeasurer(
        identity=speaker("evaluation", settings.environment),
        command=tuple(settings.evaluation.command),
        models=Path(settings.evaluation.models),
        held_out=Path(settings.evaluation.held_out),
    )
