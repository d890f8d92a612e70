"""What traffic will do, in words: which version of a model answers how much, and what waits beside it at what price."""

from collections.abc import Iterator
from typing import Final

from facts.accelerators import gpu_instance
from gate.report.report import ModelTraffic
from releases.instances import accelerator_needs, refusal
from releases.load import LoadedRelease
from stacks.load import Stack

_HOURS_A_DAY: Final = 24


def traffic(stack: Stack) -> list[ModelTraffic]:
    """Every model of a stack, sorted by name."""
    releases = {(r.release.model, r.release.version): r for r in stack.releases}
    return [_model(stack, model, releases) for model in sorted(stack.settings.models)]


def _model(stack: Stack, model: str, releases: dict[tuple[str, str], LoadedRelease]) -> ModelTraffic:
    settings = stack.settings.models[model]
    versions = sorted(settings.versions, key=lambda version: int(version[1:]))
    shares = tuple((version, settings.traffic.percent_of(version)) for version in versions)
    answering = [
        f"{share} % {version}{' (candidate)' if version == settings.traffic.candidate else ''}"
        for version, share in shares
        if share
    ]
    said = [", ".join(answering)]
    candidate = settings.traffic.candidate or settings.traffic.stable
    if releases[model, candidate].release.rollout.driver == "controller":
        said.append("a controller moves shares from here on: the stack's percent only counts at creation")
    if settings.traffic.candidate and releases[model, candidate].release.rollout.abort:
        said.append("rollout.abort is declared and enforced by nothing: a person takes the candidate back")
    said.extend(
        _warm(stack, releases[model, version], releases[model, settings.traffic.stable])
        for version, share in shares
        if not share
    )
    said.append(_promise(releases[model, settings.traffic.stable]))
    return ModelTraffic(model=model, shares=shares, words="; ".join(said))


def _promise(stable: LoadedRelease) -> str:
    """What callers are promised, by the stable version's record."""
    slo = stable.release.slo
    if slo is None:
        return "no objective: nothing is promised, and no alert is made"
    promises = ", ".join(objective.words for objective in slo.objectives)
    return f"promised over {slo.window_days} days: {promises}"


def _warm(stack: Stack, loaded: LoadedRelease, stable: LoadedRelease) -> str:
    release = loaded.release
    hours = stable.release.rollout.rollback_window_hours
    until = f"Take it out of versions after {hours} hours"
    if not stack.settings.models[release.model].versions[release.version].replicas.min:
        return (
            f"{release.version} is kept without traffic and may be at zero (replicas.min is 0): it costs nothing "
            f"then, and its way back waits for a start. {until}"
        )
    return (
        f"{release.version} is kept warm without traffic ({_cost(stack, loaded)}), and can answer again at once. "
        f"{until}"
    )


def _cost(stack: Stack, loaded: LoadedRelease) -> str:
    """What the replicas of a version cost a day on demand, on the cheapest machine of their pool that holds one."""
    release = loaded.release
    chosen = stack.settings.models[release.model].versions[release.version]
    copies = chosen.replicas.min
    if chosen.pool not in stack.gpu_pools:
        cpus, memory = release.needs.cpu * copies, release.needs.memory_gib * copies
        return f"{cpus} CPUs and {memory} GiB of pool {chosen.pool}"
    priced = sorted(_prices(stack.gpu_pools[chosen.pool].instance_types, loaded))
    if not priced:
        return f"{copies} replicas on pool {chosen.pool}, whose machines have no list price"
    price, machine = priced[0]
    machines = -(-copies * release.needs.gpu_count // gpu_instance(machine).gpu_count)
    day = price * machines * _HOURS_A_DAY
    return f"{machines} x {machine}, {day:.2f} USD a day on demand in us-east-1"


def _prices(instance_types: list[str], loaded: LoadedRelease) -> Iterator[tuple[float, str]]:
    for name in instance_types:
        price = gpu_instance(name).on_demand_usd_per_hour_us_east_1
        if price is not None and refusal(accelerator_needs(loaded.release), name) is None:
            yield price, name
