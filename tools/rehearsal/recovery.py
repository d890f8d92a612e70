"""What docs/deploy.md says to do after an update was cut off, done by the rehearsal as a person would.

The engine writes down what it is about to make. Of each such thing somebody has to say whether AWS made it: it is
looked for in the account by its own name or by its tags, and put into the state with its id, or else forgotten.
Pulumi's own ``refresh --import-pending-creates`` marks the operation and drops it (v3.259.0, run on 2026-11-29).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from tools.rehearsal.account.records import Record, Records
from tools.rehearsal.engine import Engine, Run

_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId",),
    "aws:ec2/route:Route": ("routeTableId", "destinationCidrBlock"),
}
"""What tells a thing that has neither a name nor tags from others of its type."""


def recover(engine: Engine, stack: str, records: Records) -> list[Run]:
    """Take the lock of the engine that is gone, and settle what it was making."""
    runs = [engine.run(stack, "cancel", "--yes")]
    file = engine.home.folder / f"{stack}.json"
    file.write_text(json.dumps(settled(engine.export(stack), records)), encoding="utf-8")
    runs.append(engine.run(stack, "stack", "import", "--file", str(file)))
    runs.append(engine.run(stack, "refresh", "--yes", "--skip-preview"))
    return runs


def adopt(engine: Engine, stack: str, run: Run, records: Records) -> list[Run]:
    """Put into the state what AWS has made of the resources whose creation failed.

    Where the provider's process dies, the engine takes what it was making for failed: nothing is pending, and what AWS
    made is in no state (v3.259.0, run on 2026-11-30).
    """
    found = ((resource, made(resource, records)) for resource in run.unmade)
    return [
        engine.run(
            stack, "import", resource["type"], resource["urn"].rpartition("::")[2], there.id,
            "--parent", f"parent={resource['parent']}",
            # Without it the engine makes a provider of its own, without this stack's account, region and tags.
            "--provider", f"aws={resource['provider'].rpartition('::')[0]}",
            "--protect=false", "--generate-code=false", "--skip-preview", "--yes",
        )
        for resource, there in found
        if there is not None
    ]  # fmt: skip


def settled(state: Mapping[str, Any], records: Records) -> dict[str, Any]:
    """The state with what AWS has made of the pending resources, and nothing pending."""
    deployment = dict(state["deployment"])
    pending = deployment.pop("pending_operations", None) or ()
    found = list(deployment.get("resources", ()))
    for operation in pending:
        resource = operation["resource"]
        there = made(resource, records) if operation["type"] == "creating" else None
        if there is not None:
            found.append({**resource, "id": there.id, "outputs": {}})
    return {**state, "deployment": {**deployment, "resources": found}}


def made(pending: Mapping[str, Any], records: Records) -> Record | None:
    """What the account has of a resource that was being made when the engine ended."""
    type_, inputs = pending["type"], pending.get("inputs", {})
    if not type_.startswith("aws:"):
        return None
    keys = _BY.get(type_, ())
    for record in records.of(type_):
        if record.elsewhere:
            continue
        if keys and all(record.settings.get(key) == inputs.get(key) for key in keys):
            return record
        if not keys and _same(inputs, record):
            return record
    return None


def _same(inputs: Mapping[str, Any], record: Record) -> bool:
    """By name where it has one, by its tags where AWS gives it an id, else by all that was asked for."""
    for key in ("name", "bucket", "nodeGroupName"):
        if inputs.get(key) is not None:
            return bool(record.settings.get(key) == inputs[key])
    if "tagsAll" in record.settings:
        return bool(inputs.get("tagsAll")) and record.settings["tagsAll"] == inputs["tagsAll"]
    return bool(inputs) and _asked(inputs) == _asked(record.settings)


def _asked(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key != "__defaults"}
