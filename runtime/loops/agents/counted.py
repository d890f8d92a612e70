"""What a worker that acts counts for Prometheus: runs by how they ended, what they used, calls by what was decided."""

from typing import Final

from temporalio import activity, workflow
from temporalio.common import MetricMeter

with workflow.unsafe.imports_passed_through():
    from runtime.loops.agents.contract import Acted, AgentRef

RUNS: Final = "slipway_agent_runs"
TOKENS: Final = "slipway_agent_tokens"
CENTS: Final = "slipway_agent_cents"
CALLS: Final = "slipway_agent_calls"
RESULTS: Final = ("done", "refused", "ended", "stopped", "failed", "stuck")
"""How a run ends, in one word."""


def begin(meter: MetricMeter, agent: str, version: str) -> None:
    """Every series of an agent's runs at zero: of a counter that appears with its first event, Prometheus sees none."""
    of = {"agent": agent, "version": version}
    for result in RESULTS:
        meter.create_counter(RUNS).add(0, {**of, "result": result})
    for name in (TOKENS, CENTS):
        meter.create_counter(name).add(0, of)


def ended(agent: AgentRef, result: str, tokens: int, cents: int) -> None:
    """A run ended; replays count nothing."""
    meter = workflow.metric_meter()
    of = {"agent": agent.agent, "version": agent.version}
    meter.create_counter(RUNS, "Runs of an agent that ended").add(1, {**of, "result": result})
    meter.create_counter(TOKENS, "Tokens of runs that ended", "tokens").add(tokens, of)
    meter.create_counter(CENTS, "What the budgets of runs that ended counted", "cents").add(cents, of)


def called(agent: AgentRef, tool: str, acted: Acted) -> None:
    """A call of a tool was decided, and perhaps made."""
    if activity.in_activity():
        labels = {"agent": agent.agent, "version": agent.version, "tool": tool, "result": acted.result}
        activity.metric_meter().create_counter(CALLS, "Calls of tools by what became of them").add(1, labels)
