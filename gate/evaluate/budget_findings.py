"""Whether a stack's ceiling stays within its budget, as findings on the stack."""

from typing import Final

from gate.report.cost import Cost, usd
from policies.engine.evaluate import Finding, Undecided

RULE: Final = "ceiling-stays-within-budget"
_FIX: Final = (
    "Lower replicas.max or take smaller machines; or raise budget.usd_a_month, which its owner reviews."
)


def budget_findings(cost: Cost | None) -> list[Finding]:
    """One finding where the ceiling's known part is above the budget already."""
    if cost is None or cost.budget is None or cost.bill.ceiling <= cost.budget:
        return []
    over = cost.bill.ceiling - cost.budget
    said = (
        f"budget.usd_a_month: {cost.budget:,g}, and the ceiling is {cost.at_least}{usd(cost.bill.ceiling)} a month: "
        f"{usd(over)} more"
    )
    return [Finding(rule=RULE, level="mandatory", severity="medium", urn="", message=said, fix=_FIX)]


def budget_undecided(cost: Cost | None) -> list[Undecided]:
    """What keeps the answer open: the known part is within the budget, and something has no price."""
    if cost is None or cost.budget is None or cost.bill.ceiling > cost.budget or not cost.bill.unknown:
        return []
    said = f"budget.usd_a_month: {cost.budget:,g}, and no price is known for {'; '.join(cost.bill.unknown)}"
    return [Undecided(rule=RULE, level="advisory", urn="", message=said)]
