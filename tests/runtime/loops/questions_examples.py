"""Questions to ask the committed policies."""

from runtime.loops.contract import Question

NOBODY = {"given": False, "by_author": False, "four_eyes": False}
STEP = {
    "environment": "dev",
    "share": 5,
    "now": 0,
    "step_allowed": True,
    "held": True,
    "verdict": "first",
    "promises": True,
    "budget_left": 80,
    "release": "approved",
    "record_unchanged": True,
    "evaluation_fresh": True,
    "open_incidents": 0,
    "data_class": "internal",
    "approval": NOBODY,
}
AWAY = {
    "environment": "dev",
    "reason": "ErrorBudgetBurnFast",
    "severity": "critical",
    "share": 20,
    "others": 80,
    "is_stable": False,
    "target_known": True,
    "release": "approved",
    "data_class": "internal",
    "approval": NOBODY,
}
BACK = {"environment": "dev", "reason": "error-rate", "candidate": 0, "stable": 100, "in_window": True}
MOVE = {
    "environment": "dev",
    "reason": "sunset",
    "due": True,
    "has_successor": True,
    "successor": "approved",
    "approval": NOBODY,
}
DOWN = {"environment": "dev", "reason": "sunset", "share": 0, "requests": 0}
OPENED = {"environment": "dev", "reason": "x", "severity": "critical", "approval": NOBODY}
MEASURED = {
    "environment": "dev",
    "held_out_readable": True,
    "trained_by_evaluator": False,
    "digest_matches": True,
}


def asked(principal, action, context, **changes):
    return Question(principal=principal, action=action, resource="minilm", context={**context, **changes})
