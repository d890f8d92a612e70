"""What must hold for the AI gateway's release: its logs hold no prompts, and a quota that cannot be counted ends."""

from collections.abc import Iterable

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag


def _is_off(release: Resource, value: str) -> bool:
    """Whether the AI gateway's release says no itself; what it leaves to its chart is another version's matter."""
    if chart_of(release) != "ai-gateway-helm":
        return False
    said = at(release.inputs, f"values.{value}")
    return said is not None and not flag(said, value)


def _logs_prompts(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_off(release, "extProc.enableRedaction"):
        yield Offence(
            path="values.extProc.enableRedaction", problem="debug logs hold prompts and answers", value=False
        )


def _endless_quota(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_off(release, "controller.quotaRateLimitFailureModeDeny"):
        yield Offence(
            path="values.controller.quotaRateLimitFailureModeDeny",
            problem="a quota that cannot be counted has no end",
            value=False,
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="gateways-log-no-prompts",
        severity="high",
        applies_to=(RELEASE,),
        why="Prompts are personal data, and logs are read by more people than may read them.",
        fix="Set extProc.enableRedaction to true.",
        check=_logs_prompts,
    ),
    Rule(
        id="quotas-fail-closed",
        severity="high",
        applies_to=(RELEASE,),
        why="Whoever can disturb the store of counters would switch off every quota.",
        fix="Set controller.quotaRateLimitFailureModeDeny to true.",
        check=_endless_quota,
    ),
)
