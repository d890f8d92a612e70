"""Whether the models a stack names exist, may run there, and fit what they are put on."""

from collections.abc import Iterator, Mapping

from components.capacity import placement
from components.gpu_pool import GpuPoolSettings
from components.model_plan import ModelPlan, plan_of
from components.model_settings import ModelSettings
from components.names import Names
from facts.accelerators import gpu_instance
from releases.checks import Choice, Environment, choice_problems, environment_problems
from releases.load import LoadedRelease, ReleaseError, find

Releases = Mapping[str, Mapping[str, LoadedRelease]]


def model_problems(
    models: Mapping[str, ModelSettings],
    pools: Mapping[str, GpuPoolSettings],
    names: Names,
    releases: Releases,
) -> Iterator[str]:
    """One line for each reason against a stack's choice of models, with the arithmetic where one does not fit."""
    environment = Environment(account=names.account, region=names.region)
    for model, settings in sorted(models.items()):
        path = f"models.{model}"
        try:
            loaded = find(releases, model, settings.version)
        except ReleaseError as error:
            yield from (f"{path}.version: {problem}" for problem in error.problems)
            continue
        for problem in environment_problems(loaded, environment):
            yield f"{path}: {problem}"
        yield from _placement_problems(path, settings, loaded, pools, names)


def _placement_problems(
    path: str,
    settings: ModelSettings,
    loaded: LoadedRelease,
    pools: Mapping[str, GpuPoolSettings],
    names: Names,
) -> Iterator[str]:
    if settings.pool is not None and settings.pool not in pools:
        there = ", ".join(sorted(pools)) or "none"
        yield f"{path}.pool: no GPU pool of this name, here or upstream; there are {there} (got {settings.pool!r})"
        return
    accelerator = (
        "cpu" if settings.pool is None else gpu_instance(pools[settings.pool].instance_types[0]).gpu.lower()
    )
    choice = Choice(settings.replicas.min, settings.replicas.max, accelerator)
    for problem in choice_problems(loaded, choice):
        yield f"{path}: {problem}"
    if settings.pool is not None:
        plan = plan_of(loaded.release, names.bucket("models"))
        fit = placement(plan.needs, {settings.pool: pools[settings.pool]})
        if fit.problem is not None:
            yield f"{path}.pool: {fit.problem}"


def model_plans(
    models: Mapping[str, ModelSettings], names: Names, releases: Releases
) -> dict[str, ModelPlan]:
    """The plan of every model a stack runs; :func:`model_problems` has found nothing against them."""
    return {
        model: plan_of(find(releases, model, settings.version).release, names.bucket("models"))
        for model, settings in sorted(models.items())
    }
