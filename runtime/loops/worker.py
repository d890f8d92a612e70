"""Workers: one process a kind of workflow, each on a queue of its own, so that each has an identity of its own."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import Worker

from runtime.loops.activities.acting import Acting
from runtime.loops.activities.looking import Looking
from runtime.loops.activities.measuring import Measuring
from runtime.loops.contract import Kind
from runtime.loops.workflows.drift import DriftWorkflow
from runtime.loops.workflows.end_of_life import EndOfLifeWorkflow
from runtime.loops.workflows.evaluation import EvaluationWorkflow
from runtime.loops.workflows.remedy import RemedyWorkflow
from runtime.loops.workflows.rollout import RolloutWorkflow
from runtime.loops.world import World

WORKFLOWS: Final[Mapping[Kind, type[Any]]] = {
    "rollout": RolloutWorkflow,
    "remedy": RemedyWorkflow,
    "evaluation": EvaluationWorkflow,
    "drift": DriftWorkflow,
    "end-of-life": EndOfLifeWorkflow,
}
ACTIVITY_THREADS: Final = 8


def activities(kind: Kind, world: World) -> Sequence[Any]:
    """Everything workflows of a kind may call; they ask policy as that kind."""
    measuring = Measuring(world, kind).all() if kind == "evaluation" else ()
    return [*Looking(world).all(), *Acting(world, kind).all(), *measuring]


def worker(client: Client, kind: Kind, world: World, executor: Executor) -> Worker:
    """A worker of one kind. A workflow's sticky cache is given up soon after its worker died."""
    return Worker(
        client,
        task_queue=kind,
        workflows=[WORKFLOWS[kind]],
        activities=activities(kind, world),
        activity_executor=executor,
        max_concurrent_activities=ACTIVITY_THREADS,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )
