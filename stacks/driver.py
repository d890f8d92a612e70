"""Whether somebody moves the shares of a version whose record leaves them to a controller, and watches its signals."""

from collections.abc import Iterator

from releases.load import LoadedRelease


def driver_problems(where: str, loaded: LoadedRelease, *, has_loops: bool) -> Iterator[str]:
    """A line for each: a candidate would stand without a share for ever, an objective would have no figure."""
    if loaded.release.rollout.driver == "controller" and not has_loops:
        yield (
            f"{where}: {loaded.file}: rollout.driver: a controller moves its shares, and no stack here has one; add "
            "loops and durable to this stack or to its upstream, or serve a version whose record says driver: stack"
        )
    promised = loaded.release.slo.objectives if loaded.release.slo else ()
    for i, objective in enumerate(promised):
        if objective.signal is not None and not has_loops:
            yield (
                f"{where}: {loaded.file}: slo.objectives.{i}: {objective.name} is told by the loops' worker of drift, "
                "and no stack here has one; add loops and durable to this stack or to its upstream"
            )
