"""Reading stack files: the one reader of configuration, and every problem of a file at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pulumi
from pydantic import ValidationError

from components.agents.chosen import ChosenAgent
from components.cluster.cluster import ClusterSettings
from components.compute.cpu_pool import CpuPoolSettings
from components.compute.gpu_pool import GpuPoolSettings
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.models.plan import ModelPlan
from components.network.ground import Ground
from components.network.network import NetworkSettings
from components.serving.serving import ServingSettings
from components.storage.registry_settings import RegistrySettings
from facts.explain import placeholders
from facts.strict_yaml import YamlProblem
from releases.agent_load import Agents, load_agents
from releases.load import LoadedRelease, ReleaseError, load_releases
from stacks.agents import agents_of, problems_of_agents
from stacks.availability import unavailable
from stacks.collisions import taken_in_another_region
from stacks.contradictions import adopted, between, contradictions, signing
from stacks.identity import document, existing
from stacks.models import Places, Releases, environment_of, model_plans, model_problems, releases_of
from stacks.settings import StackSettings, missing_sections
from stacks.stack_file import parsed, unknown_keys, wrong_values

FOLDER = Path(__file__).parent
"""The committed stack files. Beside a folder of stack files, under ``releases/models``, stand what its stacks run."""
_FILE = re.compile(r"^Pulumi\.(?P<stack>[a-z][a-z0-9-]*)\.yaml$")
PROJECT = "slipway"
_KEY = f"{PROJECT}:settings"


class SettingsError(pulumi.RunError):
    """A stack's settings are wrong; ``lines`` holds one problem each, in the file's words."""

    def __init__(self, headline: str, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join([headline, *(f"  {line}" for line in lines)]))

    @classmethod
    def of(cls, stack: str, problems: list[str]) -> Self:
        """The problems of one stack's file, each with the file's name."""
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        file = f"stacks/Pulumi.{stack}.yaml"
        error = cls(f"{file} has {count}:", problems)
        error.lines = [f"{file}: {problem}" for problem in problems]
        return error

    def below(self, mine: "SettingsError") -> "SettingsError":
        """This error of an upstream and the problems of the stack that stands on it, as one."""
        if not mine.lines:
            return self
        lines = [*mine.lines, *self.lines]
        return SettingsError(f"stack files have {len(lines)} problems:", lines)


@dataclass(frozen=True)
class Stack:
    """A stack's settings and the stack it stands on; ``folder`` holds the stack files it was read among."""

    name: str
    settings: StackSettings
    raw: Mapping[str, Any]
    folder: Path = FOLDER
    project: str = PROJECT
    upstream: "Stack | None" = None
    plans: Mapping[str, ModelPlan] = field(default_factory=dict)
    releases: Sequence[LoadedRelease] = ()
    """Every version that this stack itself runs."""
    agents: Mapping[str, ChosenAgent] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """The physical names; upstream and stack share them."""
        cluster: ClusterSettings | None = self.settings_of("cluster")
        there = cluster.existing if cluster is not None else None
        boundary = existing(self.settings_of("identity"))
        return replace(
            self.settings.platform.names,
            adopted_cluster=there.name if there else None,
            adopted_boundary=boundary.arn if boundary else None,
        )

    @property
    def boundary(self) -> str:
        """The document of the boundary that its roles have: the organisation's, or the one that the bootstrap makes."""
        return document(self.settings_of("identity"), self.names)

    def owner_of(self, section: str) -> "Stack | None":
        """The nearest stack, this one first, whose settings hold a section."""
        if self.settings.holds(section):
            return self
        return self.upstream.owner_of(section) if self.upstream else None

    def settings_of(self, section: str) -> Any:
        """What the nearest owner of a section says in it; None where no stack holds it."""
        owner = self.owner_of(section)
        return getattr(owner.settings, section) if owner is not None else None

    @property
    def ground(self) -> Ground:
        """What is known of the network, which this stack or one above owns.

        Raises:
            SettingsError: no stack here owns one.
        """
        network: NetworkSettings | None = self.settings_of("network")
        if network is None:
            raise SettingsError.of(
                self.name,
                ["network: another section needs it; add it here or name an upstream that holds it"],
            )
        return network.ground

    @property
    def add_ons_there(self) -> Collection[str]:
        """Add-ons of a cluster that somebody else made, which nobody here makes again."""
        cluster: ClusterSettings | None = self.settings_of("cluster")
        return frozenset(cluster.existing.add_ons if cluster is not None and cluster.existing else ())

    @property
    def registry(self) -> Registry:
        """Where images and charts are pulled from: what this stack or one above says, or their makers' registries."""
        said: RegistrySettings | None = self.settings_of("registry")
        return said.registry(self.names) if said is not None else UPSTREAM

    @property
    def gpu_pools(self) -> Mapping[str, GpuPoolSettings]:
        """The pools a model of this stack may run on, here and upstream."""
        above = self.upstream.gpu_pools if self.upstream else {}
        return {**above, **self.settings.gpu_pools}

    @property
    def cpu_pools(self) -> Mapping[str, CpuPoolSettings]:
        """As :attr:`gpu_pools`, without GPUs."""
        above = self.upstream.cpu_pools if self.upstream else {}
        return {**above, **self.settings.cpu_pools}

    @property
    def places(self) -> Places:
        """Where its models may run."""
        serving: ServingSettings | None = self.settings_of("serving")
        return Places(
            self.gpu_pools,
            self.cpu_pools,
            serving.picker_pool if serving is not None else None,
            has_loops=self.owner_of("loops") is not None,
        )


def stack_names(folder: Path = FOLDER) -> list[str]:
    """The committed stacks, sorted."""
    return sorted(m["stack"] for path in folder.glob("Pulumi.*.yaml") if (m := _FILE.match(path.name)))


def stray_files(folder: Path = FOLDER) -> list[str]:
    """Files that look like a stack's and are none: nobody would ever read them."""
    named = (p.name for p in folder.glob("Pulumi.*") if p.suffix in {".yaml", ".yml"})
    return sorted(name for name in named if not _FILE.fullmatch(name))


def read_stack(name: str, folder: Path = FOLDER) -> Stack:
    """A committed stack and its upstreams, from their files.

    Raises:
        SettingsError: a file is missing or wrong; all problems of all files on the way are listed.
    """
    return load_stack(name, _read(name, folder), folder)


def load_stack(name: str, raw: Mapping[str, Any], folder: Path = FOLDER) -> Stack:
    """A stack from the settings Pulumi read for it; upstreams are read from their files.

    Raises:
        SettingsError: as :func:`read_stack`.
    """
    return _load(name, raw, folder, ())


def _load(name: str, raw: Mapping[str, Any], folder: Path, below: tuple[str, ...]) -> Stack:
    if name in below:
        raise SettingsError.of(name, [f"upstream: {' -> '.join([*below, name])} is a cycle"])
    try:
        settings = StackSettings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError.of(name, wrong_values(raw, error, StackSettings)) from None
    problems = [*placeholders(raw), *contradictions(settings, raw), *unavailable(settings)]
    others = [other for other in stack_names(folder) if other != name]
    problems += taken_in_another_region(settings.platform, others, lambda other: _read(other, folder))
    upstream = None
    if settings.upstream is not None:
        if settings.upstream not in stack_names(folder):
            known = ", ".join(n for n in stack_names(folder) if n != name)
            problems.append(f"upstream: no stack {settings.upstream!r}; there are {known}")
        else:
            try:
                upstream = _load(settings.upstream, _read(settings.upstream, folder), folder, (*below, name))
            except SettingsError as above:
                raise above.below(SettingsError.of(name, problems)) from None
            held = {s: o.name for s in settings.sections() if (o := upstream.owner_of(s)) is not None}
            pools = {*upstream.gpu_pools, *upstream.cpu_pools}
            problems.extend(between(settings, upstream.name, upstream.settings.platform, held, pools))
    stack = Stack(name=name, settings=settings, raw=raw, folder=folder, upstream=upstream)
    problems.extend(adopted(settings.cluster, stack.settings_of("network"), settings.platform.region))
    problems.extend(signing(settings.loops, stack.settings_of("network")))
    problems.extend(missing_sections(settings, lambda section: stack.owner_of(section) is not None))
    releases: Releases = {}
    agents: Agents = {}
    environment = environment_of(stack.settings_of, stack.names)
    if settings.models:
        try:
            wanted = {model: chosen.versions for model, chosen in settings.models.items()}
            releases = load_releases(folder.parent / "releases" / "models", wanted)
            agents = load_agents(releases, folder.parent / "releases" / "agents")
        except ReleaseError as error:
            mine = SettingsError.of(name, problems).lines if problems else []
            headline = f"stacks/Pulumi.{name}.yaml cannot be read, nor can its releases:"
            raise SettingsError(headline, [*mine, *error.problems]) from None
        problems.extend(model_problems(settings.models, stack.places, releases, environment))
    problems += problems_of_agents(
        settings.agents, settings.models, (releases, agents), stack.settings_of("loops"), environment
    )
    if problems:
        raise SettingsError.of(name, problems)
    return replace(
        stack,
        plans=model_plans(settings.models, stack.names, releases),
        releases=releases_of(settings.models, releases),
        agents=agents_of(settings.agents, settings.models, agents, folder.parent / "releases"),
    )


def _read(name: str, folder: Path) -> Mapping[str, Any]:
    path = folder / f"Pulumi.{name}.yaml"
    if not path.exists():
        known = ", ".join(stack_names(folder)) or "none"
        raise SettingsError(f"no stack {name!r}", [f"{name}: no such stack; there are {known}"])
    try:
        data = parsed(path.read_text(encoding="utf-8"), path.name)
    except (YamlProblem, UnicodeDecodeError) as problem:
        raise SettingsError.of(name, [str(problem).removeprefix(f"{path.name}: ")]) from None
    config = data.get("config") if isinstance(data, Mapping) else None
    if not isinstance(config, Mapping):
        raise SettingsError.of(name, [f"config: should be a mapping that holds {_KEY} (got {config!r})"])
    problems = unknown_keys(data, _KEY)
    if not isinstance(settings := config.get(_KEY), Mapping) and not problems:
        said = f"should be a mapping (got {settings!r})" if _KEY in config else "is required"
        problems.append(f"config.{_KEY}: {said}")
    if isinstance(settings, Mapping) and not problems:
        return settings
    raise SettingsError.of(name, problems)
