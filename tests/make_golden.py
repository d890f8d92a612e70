"""Write ``tests/golden`` again: ``python -m tests.make_golden``. Read the difference before it is committed."""

from pathlib import Path

from policies.engine.catalog import RULES
from tests.captured import STACKS, captured

GOLDEN = Path(__file__).parent / "golden"


def urns(stack: str) -> str:
    """What a stack's resources are called: a line that changes destroys one resource and makes another."""
    return "".join(f"{r.urn}\n" for r in captured(stack).graph)


def rules() -> str:
    """Every rule's id, level and severity."""
    return "".join(f"{rule.level} {rule.severity} {rule.id}\n" for rule in sorted(RULES, key=lambda r: r.id))


if __name__ == "__main__":
    (GOLDEN / "urns").mkdir(parents=True, exist_ok=True)
    for stack in STACKS:
        (GOLDEN / "urns" / f"{stack}.txt").write_text(urns(stack), encoding="utf-8")
    (GOLDEN / "rules.txt").write_text(rules(), encoding="utf-8")
