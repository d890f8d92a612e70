"""Where the collector writes, by complete names, and what its role may do. Pure."""

from typing import Final

from components.foundation.iam_document import Statement
from components.foundation.names import Names
from components.observability.traces import PUT_SPANS, TraceSettings

LOGS: Final = ("applications", "containers")
"""What programs send themselves, and what their containers print."""


def log_groups(names: Names) -> dict[str, str]:
    """The physical name of each log group."""
    return {kind: names.log_group(f"telemetry/{kind}") for kind in LOGS}


def collector_statements(names: Names, traces: TraceSettings | None = None) -> list[Statement]:
    """The collector writes to its log groups, and spans where X-Ray keeps them; it cannot read either."""
    groups = [names.arn("logs", f"log-group:{group}") for group in log_groups(names).values()]
    return [
        Statement(
            sid="WriteTelemetry",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[arn for group in groups for arn in (group, f"{group}:*")],
        ),
        *([PUT_SPANS] if traces is not None and traces.store == "x-ray" else []),
    ]
