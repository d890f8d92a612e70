"""What runs and queues are called: one run a release, whatever asked for it and how often."""

from typing import Final

from runtime.loops.contract import Kind

KINDS: Final[tuple[Kind, ...]] = ("rollout", "remedy", "evaluation", "drift", "end-of-life")
_PREFIX: Final[dict[str, Kind]] = {
    "rollout": "rollout",
    "remedy": "remedy",
    "evaluate": "evaluation",
    "drift": "drift",
    "end": "end-of-life",
}


def rollout_run(model: str) -> str:
    """One a model: two candidates at once could not be told apart."""
    return f"rollout-{model}"


def remedy_run(model: str, version: str) -> str:
    return f"remedy-{model}-{version}"


def evaluation_run(model: str, version: str) -> str:
    return f"evaluate-{model}-{version}"


def drift_run(model: str) -> str:
    return f"drift-{model}"


def end_run(model: str, version: str) -> str:
    return f"end-{model}-{version}"


def kind_of(run: str) -> Kind:
    """The kind of a run's workflow, from its id.

    Raises:
        ValueError: no run of ours is called so.
    """
    kind = _PREFIX.get(run.partition("-")[0])
    if kind is None:
        raise ValueError(f"no run is called {run!r}; names begin with {', '.join(sorted(_PREFIX))}")
    return kind


def speaker(kind: Kind, environment: str) -> str:
    """Who an event of a workflow says it is by."""
    return f"slipway-{kind}@{environment}"


def door(environment: str) -> str:
    """In whose name alerts begin runs: a bot's, which no group of approvers can hold (``releases/text.py``)."""
    return f"slipway-alerts@{environment}"
