"""Workers of an agent: one process a part, each on a queue of its own. The one that acts holds the workflow too."""

from concurrent.futures import Executor
from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.worker import Worker

from runtime.loops.agents.activities import Acting, Planning, Reasoning
from runtime.loops.agents.calls import Part, queue_of
from runtime.loops.agents.gate import Gate
from runtime.loops.agents.thinking import Mind
from runtime.loops.agents.workflow import AgentWorkflow

ACTIVITY_THREADS: Final = 16
CACHED_RUNS: Final = 100


def thinking_worker(client: Client, queue: str, part: Part, mind: Mind, executor: Executor) -> Worker:
    """A worker that reasons, or one that plans: it was given no gate, no journal and no tool."""
    activities = Reasoning(mind).all() if part == "reason" else Planning(mind).all()
    return Worker(
        client,
        task_queue=queue_of(queue, part),
        activities=list(activities),
        activity_executor=executor,
        max_concurrent_activities=ACTIVITY_THREADS,
    )


def acting_worker(client: Client, queue: str, gate: Gate, executor: Executor) -> Worker:
    """The worker that acts: it was given no model."""
    return Worker(
        client,
        task_queue=queue_of(queue, "act"),
        workflows=[AgentWorkflow],
        activities=list(Acting(gate).all()),
        activity_executor=executor,
        max_concurrent_activities=ACTIVITY_THREADS,
        # Runs that wait for people are dropped from memory, and are read again when somebody answers.
        max_cached_workflows=CACHED_RUNS,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )
