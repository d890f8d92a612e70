"""The world that settings describe; everything that is wrong with it is named before any run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.loops.checkout import fetch
from runtime.loops.events.folder import FolderEvents
from runtime.loops.events.git import GitEvents
from runtime.loops.events.signing import KeyFile
from runtime.loops.figures.prometheus import PrometheusFigures
from runtime.loops.measuring import CommandMeasurer, NoMeasurer
from runtime.loops.names import speaker
from runtime.loops.people.statements import known_keys
from runtime.loops.policy.cedar import CedarPolicies
from runtime.loops.ports import EventsPort, MeasurerPort, SharesPort
from runtime.loops.proposals import FolderProposals
from runtime.loops.references import FolderReferences
from runtime.loops.releases_folder import FolderReleases
from runtime.loops.settings import ClusterSharesSettings, EnvoyFileSettings, LoopsError, LoopsSettings
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
        fetch(settings.repository, settings.events.branch)
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
    signer = part(lambda: KeyFile.load(Path(settings.events.key)))
    if signer is not None and models.is_dir():
        problems.extend(_unknown(signer, models))
    if problems:
        raise LoopsError("the loops cannot run:", problems)
    return World(
        shares=shares_of(settings.shares),
        figures=PrometheusFigures(settings.prometheus.url, settings.prometheus.queries),
        events=_events(settings, FolderEvents(models, signer)),
        releases=FolderReleases(models),
        policy=policy,
        people=people,
        proposals=FolderProposals(Path(settings.proposals)),
        references=FolderReferences(Path(settings.references)),
        measurer=_measurer(settings),
    )


def _unknown(signer: KeyFile, models: Path) -> list[str]:
    """Events by a key that is not committed would be refused by everybody who reads them."""
    folder = models.parent / "keys"
    known = {path.read_bytes() for path in folder.glob("*.pub")} if folder.is_dir() else set()
    if signer.public_pem in known:
        return []
    return [f"events.key: its public half stands in no file of {folder}; commit it there"]


def shares_of(settings: EnvoyFileSettings | ClusterSharesSettings) -> SharesPort:
    """Who answers which share, where the settings say it stands."""
    if isinstance(settings, ClusterSharesSettings):
        account = Path(settings.account)
        api = KubernetesApi(server=settings.server, token=account / "token", authority=account / "ca.crt")
        return ClusterShares(api)
    return EnvoyFileShares(Path(settings.path), settings.admin)


def _events(settings: LoopsSettings, folder: FolderEvents) -> EventsPort:
    if not settings.events.branch:
        return folder
    return GitEvents(
        folder=folder,
        checkout=folder.models.parents[1],
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
