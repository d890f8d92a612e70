"""Whether the models a stack names exist, may run there, and fit what they are put on."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.compute.cpu_pool import CpuPoolSettings
from components.compute.gpu_pool import GpuPoolSettings
from components.foundation.names import Names
from components.gateway.caller_settings import TOKENS_PER_MINUTE, caller_problems
from components.gateway.model_route import INTERFACES, counts_tokens
from components.gateway.model_slots import slot_problems
from components.models.capacity import cpu_problem, placement
from components.models.disk import disk_problem
from components.models.fallback import fail_soft_problems
from components.models.model_loading import Starts
from components.models.payload_logging import payload_problems
from components.models.plan import ModelPlan, plan_of
from components.models.settings import ModelSettings, VersionSettings
from components.models.traffic import by_number
from components.models.workload_namespace import WorkloadNamespaceSettings
from components.observability.telemetry import TelemetrySettings
from components.storage.model_store import ModelStoreSettings, payload_lives
from facts.accelerators import gpu_instance
from releases.checks import Environment, environment_problems
from releases.choices import Choice, ShareChoice, choice_problems, share_problems
from releases.instances import accelerator_needs, placement_name
from releases.load import LoadedRelease, ReleaseError, find
from stacks.driver import driver_problems

Releases = Mapping[str, Mapping[str, LoadedRelease]]

_LIKE_A_VERSION: Final = re.compile(r"-v\d+$")


@dataclass(frozen=True)
class Places:
    """Where a stack's models may run: the pools of both kinds, the one on which pickers do, and who else is there."""

    gpu_pools: Mapping[str, GpuPoolSettings]
    cpu_pools: Mapping[str, CpuPoolSettings]
    picker_pool: str | None = None
    has_loops: bool = False
    """Whether somebody moves the shares of models that ask for it."""

    def kind(self, pool: str) -> str:
        """What a pool's machines are, for comparing versions."""
        return "a GPU" if pool in self.gpu_pools else "the CPU"


def model_problems(
    models: Mapping[str, ModelSettings],
    places: Places,
    releases: Releases,
    environment: Environment,
) -> Iterator[str]:
    """One line for each reason against a stack's choice of models, with the arithmetic where one does not fit."""
    for model, settings in sorted(models.items()):
        path = f"models.{model}"
        if _LIKE_A_VERSION.search(model):
            yield f"{path}: a model's name should not end like a version, or two models share names (got {model!r})"
        yield from _traffic_problems(path, settings)
        found: dict[str, LoadedRelease] = {}
        for version, chosen in settings.versions.items():
            where = f"{path}.versions.{version}"
            try:
                loaded = found[version] = find(releases, model, version)
            except ReleaseError as error:
                yield from (f"{where}: {problem}" for problem in error.problems)
                continue
            for problem in environment_problems(loaded, environment):
                yield f"{where}: {problem}"
            yield from _placement_problems(where, chosen, loaded, places)
            if settings.payload_logging is not None:
                data = loaded.release.data
                against = payload_problems(loaded.release.needs.engine, data.pii, data.data_class)
                yield from (f"{path}.payload_logging: {version}: {reason}" for reason in against)
            yield from _share_problems(path, settings, loaded)
            yield from driver_problems(where, loaded, has_loops=places.has_loops)
        yield from _side_by_side_problems(path, settings, found, places)
        yield from _edge_problems(path, settings, found, releases, models)


def environment_of(settings_of: Callable[[str], Any], names: Names) -> Environment:
    """What a release is asked about before it may run in a stack, from that stack's sections and those above."""
    store: ModelStoreSettings | None = settings_of("model_store")
    namespace: WorkloadNamespaceSettings | None = settings_of("workload_namespace")
    telemetry: TelemetrySettings | None = settings_of("telemetry")
    return Environment(
        account=names.account,
        region=names.region,
        use=namespace.use if namespace is not None else "commercial",
        signed_only=namespace is not None and namespace.signed_models_only,
        signed_decisions=namespace is not None and namespace.signed_decisions_only,
        payload_days=payload_lives(store.payload_retention) if store is not None else {},
        metric_days=telemetry.metric_retention_days if telemetry is not None else None,
    )


def _edge_problems(
    path: str,
    settings: ModelSettings,
    found: Mapping[str, LoadedRelease],
    releases: Releases,
    models: Mapping[str, ModelSettings],
) -> Iterator[str]:
    """What the edge cannot do for this model: limits that count nothing, fallbacks that are not there."""
    for version, loaded in found.items():
        release = loaded.release
        against = fail_soft_problems(release.fail_soft, release.needs.task, _tasks(models, releases))
        yield from (f"{path}.versions.{version}: {reason}" for reason in against)
    for task in sorted({loaded.release.needs.task for loaded in found.values()})[:1]:
        if INTERFACES[task] == "chat":
            for said in slot_problems(
                {version: chosen.slot for version, chosen in settings.versions.items()}
            ):
                yield f"{path}.{said}"
        longest = max(loaded.release.needs.max_context for loaded in found.values())
        for said in caller_problems(settings.callers, counts_tokens=counts_tokens(task), longest=longest):
            yield f"{path}.callers.{said}"


def _tasks(models: Mapping[str, ModelSettings], releases: Releases) -> dict[str, str]:
    """The task of every model of the stack whose stable version has a record."""
    stable = {model: releases.get(model, {}).get(s.traffic.stable) for model, s in models.items()}
    return {model: loaded.release.needs.task for model, loaded in stable.items() if loaded is not None}


def _traffic_problems(path: str, settings: ModelSettings) -> Iterator[str]:
    there = ", ".join(by_number(list(settings.versions)))
    for role in ("stable", "candidate"):
        version = getattr(settings.traffic, role)
        if version is not None and version not in settings.versions:
            yield f"{path}.traffic.{role}: should be one of versions ({there}) (got {version!r})"


def _side_by_side_problems(
    path: str, settings: ModelSettings, found: Mapping[str, LoadedRelease], places: Places
) -> Iterator[str]:
    """KServe lays a canary over the stable predictor: what only one of them sets would reach the other."""
    for what, values in (
        ("needs.engine", {v: loaded.release.needs.engine for v, loaded in found.items()}),
        ("needs.task", {v: loaded.release.needs.task for v, loaded in found.items()}),
        ("rollout.driver", {v: loaded.release.rollout.driver for v, loaded in found.items()}),
        ("pool", {v: places.kind(s.pool) for v, s in settings.versions.items()}),
    ):
        if len(set(values.values())) > 1:
            said = ", ".join(f"{version} {values[version]}" for version in by_number(list(values)))
            yield (
                f"{path}.versions: versions that stand side by side should agree in {what} (got {said}); "
                "serve the other as a model of its own"
            )


def _placement_problems(
    path: str,
    settings: VersionSettings,
    loaded: LoadedRelease,
    places: Places,
) -> Iterator[str]:
    gpus, cpus, pool = places.gpu_pools, places.cpu_pools, settings.pool
    if pool not in gpus and pool not in cpus:
        there = ", ".join(sorted({*gpus, *cpus})) or "none"
        yield f"{path}.pool: no pool of this name, here or upstream; there are {there} (got {pool!r})"
        return
    accelerator = "cpu" if pool in cpus else placement_name(gpu_instance(gpus[pool].instance_types[0]))
    choice = Choice(settings.replicas.min, settings.replicas.max, accelerator)
    for problem in choice_problems(loaded, choice):
        yield f"{path}: {problem}"
    fits = _gpu_problems if pool in gpus else _cpu_problems
    yield from (f"{path}.pool: {problem}" for problem in fits(pool, loaded, places))
    asked = settings.replicas.max * accelerator_needs(loaded.release).gpu_count
    if pool in gpus and asked > gpus[pool].max_gpus:
        yield f"{path}.replicas.max: asks for {asked} GPUs at most; {pool} has max_gpus: {gpus[pool].max_gpus}"
    picker = places.picker_pool if loaded.release.needs.engine == "vllm" else None
    if picker is not None and picker not in cpus:
        yield (
            f"{path}: its endpoint picker runs on the pool {picker!r} (serving.picker_pool), "
            f"which cpu_pools do not hold, here or upstream; there are {', '.join(sorted(cpus)) or 'none'}"
        )


def _gpu_problems(pool: str, loaded: LoadedRelease, places: Places) -> Iterator[str]:
    needs, machines = accelerator_needs(loaded.release), places.gpu_pools[pool]
    if not needs.gpu_count:
        yield f"{pool} has GPUs and the release asks for none; name a pool of cpu_pools"
    fit = placement(needs, {pool: machines})
    if fit.problem is not None:
        yield fit.problem
    if too_little := disk_problem(loaded.release.needs.engine, loaded.release.artifact.size_bytes, machines):
        yield too_little


def _cpu_problems(pool: str, loaded: LoadedRelease, places: Places) -> Iterator[str]:
    needs, machines = accelerator_needs(loaded.release), places.cpu_pools[pool]
    if needs.gpu_count:
        yield f"{pool} has no GPUs and the release asks for {needs.gpu_count}; name a pool of gpu_pools"
        return
    if too_small := cpu_problem(needs, pool, machines.instance_types):
        yield too_small
    if too_little := disk_problem(loaded.release.needs.engine, loaded.release.artifact.size_bytes, machines):
        yield too_little


def _share_problems(path: str, settings: ModelSettings, loaded: LoadedRelease) -> Iterator[str]:
    """What callers may ask of every version, and what a candidate may get."""
    callers = {
        name: (caller.requests_per_minute, caller.tokens_per_minute or TOKENS_PER_MINUTE)
        for name, caller in settings.callers.items()
    }
    traffic, version = settings.traffic, loaded.release.version
    share = ShareChoice(traffic.percent if version == traffic.candidate else None, callers)
    for problem in share_problems(loaded, share):
        yield f"{path}.{'callers' if problem.kind == 'limits' else 'traffic.percent'}: {problem}"


def releases_of(models: Mapping[str, ModelSettings], releases: Releases) -> list[LoadedRelease]:
    """Every version that a stack runs, in the order of its file's sorted keys."""
    return [
        find(releases, model, version)
        for model, settings in sorted(models.items())
        for version in by_number(list(settings.versions))
    ]


def model_plans(
    models: Mapping[str, ModelSettings], names: Names, releases: Releases
) -> dict[str, ModelPlan]:
    """The plan of every model a stack runs; :func:`model_problems` has found nothing against them."""
    bucket = names.bucket("models")
    return {
        model: ModelPlan(
            model=model,
            releases={
                version: plan_of(find(releases, model, version).release, bucket, _starts(settings))
                for version in by_number(list(settings.versions))
            },
        )
        for model, settings in sorted(models.items())
    }


def _starts(settings: ModelSettings) -> Starts:
    return Starts(per_day=settings.starts.per_day, nodes=settings.starts.nodes)
