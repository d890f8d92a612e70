"""Records histories that every later change must replay, by ``python -m tests.runtime.loops.make_histories``.

One file a way that a run may go. A history is made again only where a change of a workflow was meant to break runs that
are on their way, which docs/loops.md says how to avoid.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from runtime.loops.contract import Statement
from runtime.loops.replay import fetched, saved
from runtime.loops.worker import worker
from tests.runtime.loops.examples import (
    BOUNDS,
    DIGEST,
    DRIFT,
    END_OF_LIFE,
    EVALUATION,
    V1,
    V2,
    remedy,
    rollout,
)
from tests.runtime.loops.memory import Parts, figures
from tests.runtime.loops.workflows.test_drift import OTHER, REFERENCE, SIGNAL

FOLDER = Path(__file__).parent / "histories"
SKIPPING = Path(sys.executable).parent / "temporal-test-server"
SHORT = replace(BOUNDS, steps=(25, 100), rollback_seconds=3600.0)


def parts_of(shares=None, bad=False, drifts=False, **known):
    parts = Parts(**(shares or {"v1": 100}))
    parts.releases.known["v2"] = {"steps": SHORT.steps}
    parts.releases.known.update(known)
    if bad:
        parts.figures.by_version["v2"] = figures(errors=300)
    if drifts:
        parts.references.known[DIGEST] = REFERENCE
        parts.figures.histograms["input-tokens"] = OTHER
    return parts


CONFIDENTIAL = {"steps": SHORT.steps, "data_class": "confidential"}
SCENES = {
    "rollout-promoted": ("rollout", rollout(bounds=SHORT), parts_of(), None),
    "rollout-back": ("rollout", rollout(bounds=SHORT), parts_of(bad=True), None),
    "rollout-refused": (
        "rollout",
        rollout(bounds=SHORT, environment="prod"),
        parts_of(v2=CONFIDENTIAL),
        None,
    ),
    "rollout-ended": ("rollout", rollout(bounds=SHORT), parts_of(), ("aborted", 0)),
    "remedy-canary": ("remedy", remedy(), parts_of({"v1": 80, "v2": 20}), None),
    "remedy-approved": ("remedy", remedy(release=V1), parts_of({"v1": 80, "v2": 20}), ("approved", 1)),
    "remedy-silence": ("remedy", remedy(release=V1), parts_of({"v1": 80, "v2": 20}), None),
    "evaluate-holds": ("evaluation", EVALUATION, parts_of(), None),
    "drift-asks": (
        "drift",
        replace(DRIFT, signals=(SIGNAL,), windows=2, then="less-traffic", release=V2),
        parts_of({"v1": 80, "v2": 20}, drifts=True),
        ("approved", 1),
    ),
    "end-sunset": (
        "end-of-life",
        replace(END_OF_LIFE, bounds=SHORT),
        parts_of(v1={"word": "sunset", "record": V1.record}),
        None,
    ),
    "end-revoked": (
        "end-of-life",
        replace(END_OF_LIFE, reason="revocation"),
        parts_of({"v1": 80, "v2": 20}, v1={"word": "revoked", "record": V1.record}),
        None,
    ),
}


async def record(environment, run, scene):
    kind, request, parts, said = scene
    with ThreadPoolExecutor(8) as executor:
        async with AsyncExitStack() as stack:
            for each in {kind, "rollout"}:
                await stack.enter_async_context(worker(environment.client, each, parts.world(), executor))
            handle = await environment.client.start_workflow(kind, request, id=run, task_queue=kind)
            if said is not None:
                await environment.sleep(3700 if kind == "drift" else 600)
                decision, question = said
                statement = Statement(
                    run=run,
                    question=question,
                    decision=decision,
                    who="ben@example.org",
                    at="now",
                    signature="good",
                )
                await handle.signal("decide", statement)
            await handle.result()
            print(saved(await fetched(environment.client, run), FOLDER))  # noqa: T201 a tool's output


async def main():
    environment = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(SKIPPING))
    async with environment:
        for run, scene in SCENES.items():
            await record(environment, run, scene)


if __name__ == "__main__":
    asyncio.run(main())
