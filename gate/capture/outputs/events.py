"""Outputs of EventBridge and of Helm releases."""

from collections.abc import Mapping
from typing import Any

from gate.capture.outputs import Account, Computed


def _rule(inputs: Mapping[str, Any], _urn: str, account: Account) -> dict[str, Any]:
    return {
        "id": inputs["name"],
        "name": inputs["name"],
        "arn": account.arn("events", f"rule/{inputs['name']}"),
    }


OUTPUTS: Mapping[str, Computed] = {"aws:cloudwatch/eventRule:EventRule": _rule}
