"""The dashboard of an agent that acts: what came of its runs, what they cost, which tools refuse."""

from typing import Final

from components.observability.dashboards.panels import Chosen, Page, Panel, Query, one

_OF: Final = 'agent="$agent"'

AGENTS: Final = Page(
    name="agents",
    title="Slipway: one agent",
    chosen=Chosen(name="agent", of="slipway_agent_runs"),
    panels=(
        Panel(
            title="Error budget left",
            says="Of each objective in its record; nothing where it promises nothing.",
            unit="percentunit",
            queries=one(f"slo:error_budget_remaining:ratio{{{_OF}}}", "{{objective}}"),
        ),
        Panel(
            title="Runs by result",
            says="In an hour. stuck: it changed something and could not undo it.",
            unit="short",
            queries=one(
                f"sum by (result) (increase(slipway_agent_runs{{{_OF}}}[1h]))",
                "{{result}}",
            ),
        ),
        Panel(
            title="Calls of tools by result",
            says="In an hour. ask: people were asked first; refused: the policy said no.",
            unit="short",
            queries=one(
                f"sum by (tool, result) (increase(slipway_agent_calls{{{_OF}}}[1h]))",
                "{{tool}} {{result}}",
            ),
        ),
        Panel(
            title="Cost of runs",
            says="USD in an hour, of runs that ended; tokens among it.",
            unit="currencyUSD",
            queries=one(
                f"sum by (version) (increase(slipway_agent_cents{{{_OF}}}[1h])) / 100",
                "{{version}}",
            ),
        ),
        Panel(
            title="Tokens",
            says="In an hour, of runs that ended.",
            unit="short",
            queries=one(
                f"sum by (version) (increase(slipway_agent_tokens{{{_OF}}}[1h]))",
                "{{version}}",
            ),
        ),
        Panel(
            title="Work that no worker takes",
            says="Of all agents; reasoning, planning and acting each have a queue of their own.",
            unit="short",
            queries=(
                Query(
                    expression='sum by (taskqueue) (increase(no_poller_tasks{taskqueue=~".+-(reason|plan|act)"}[10m]))',
                    legend="{{taskqueue}}",
                ),
            ),
        ),
    ),
)
