"""The models a stack serves, by its file and its releases: what a picture and a model's page begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releases.agent_load import LoadedAgent
from releases.agent_measured import answering
from releases.load import LoadedRelease

if TYPE_CHECKING:  # its import brings Pulumi's, which judging files of others can do without
    from stacks.load import Stack


@dataclass(frozen=True, kw_only=True)
class ServedVersion:
    """One version: its share in per cent, its replicas, the pool they run on, and its release."""

    version: str
    share: int
    pool: str
    least: int
    most: int
    loaded: LoadedRelease


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One model; ``versions`` by number, ``stable`` is the one whose promises hold."""

    model: str
    stable: str
    candidate: str
    versions: Sequence[ServedVersion]

    @property
    def promised(self) -> ServedVersion:
        """The stable version."""
        return next(v for v in self.versions if v.version == self.stable)


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What a stack's file and its names say of serving, which no resource says as plainly."""

    models: Sequence[ServedModel] = ()
    namespace: str = "models"
    files: str = ""
    """The bucket of the models' files."""
    payloads: str = ""
    """The bucket of samples of requests."""


def serving(stack: "Stack") -> Serving:
    """What a stack serves and from where."""
    names = stack.names
    return Serving(models=served(stack), files=names.bucket("models"), payloads=names.bucket("payloads"))


def answers_to(stack: "Stack", loaded: LoadedAgent) -> list[LoadedRelease]:
    """The releases of its model that answer an agent here."""
    name = loaded.agent.model.name
    traffic = stack.settings.models[name].traffic
    versions = {r.release.version: r for r in stack.releases if r.release.model == name}
    return answering(loaded, versions, traffic.stable, traffic.candidate)


def served(stack: "Stack") -> list[ServedModel]:
    """Every model that a stack itself runs, sorted by name."""
    releases = {(r.release.model, r.release.version): r for r in stack.releases}
    found = []
    for model, settings in sorted(stack.settings.models.items()):
        versions = [
            ServedVersion(
                version=version,
                share=settings.traffic.percent_of(version),
                pool=chosen.pool,
                least=chosen.replicas.min,
                most=chosen.replicas.max,
                loaded=releases[model, version],
            )
            for version, chosen in sorted(settings.versions.items(), key=lambda item: int(item[0][1:]))
        ]
        found.append(
            ServedModel(
                model=model,
                stable=settings.traffic.stable,
                candidate=settings.traffic.candidate or "",
                versions=versions,
            )
        )
    return found
