"""Tools that begin a run of the platform's own: its workflow acts within the release's bounds, and verifies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from releases.agent_tool import Tool
from runtime.loops import names
from runtime.loops.agents.tools import Permit, ToolAwayError, ToolRefusedError
from runtime.loops.begin import remedy_request
from runtime.loops.settings import LoopsError, LoopsSettings
from runtime.loops.steps import Outcome

_REMEDY: Final = "run://remedy"


@dataclass(frozen=True)
class LoopTools:
    """``run://remedy``: one run an outage, however many ask for it; the answer is what became of it.

    The remedy asks policy and, where that says so, people by itself: this tool adds no right to its own.
    """

    client: Client
    loop: asyncio.AbstractEventLoop
    settings: LoopsSettings

    def send(self, permit: Permit, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        if tool.reaches != _REMEDY:
            raise ToolRefusedError(f"{permit.tool}: no run of {tool.reaches} is begun by agents")
        future = asyncio.run_coroutine_threadsafe(self._remedy(permit, arguments), self.loop)
        try:
            return future.result(tool.timeout_seconds)
        except (RPCError, TimeoutError) as error:
            future.cancel()
            raise ToolAwayError(f"{permit.tool}: {error.__class__.__name__}") from None

    async def _remedy(self, permit: Permit, arguments: Mapping[str, Any]) -> Any:
        model, version, alert = arguments["model"], arguments["version"], arguments["alert"]
        try:
            request = remedy_request(self.settings, model, version, alert, "critical")
        except LoopsError as error:
            raise ToolRefusedError(f"{permit.tool}: {error}") from None
        run = names.remedy_run(model, version)
        handle = await self.client.start_workflow(
            "remedy",
            request,
            id=run,
            task_queue="remedy",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            request_eager_start=False,
            result_type=Outcome,
        )
        outcome: Outcome = await handle.result()
        return {"run": run, "result": outcome.result, "verified": bool(outcome.verified)}
