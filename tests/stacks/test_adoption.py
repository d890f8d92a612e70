"""A fork's stack file without what does not stay."""

import yaml

from stacks.adoption import without_agents
from stacks.load import FOLDER

DEV = (FOLDER / "Pulumi.dev.yaml").read_text(encoding="utf-8")


def settings(text):
    return yaml.safe_load(text)["config"]["slipway:settings"]


def test_alerts_begin_no_agent_that_does_not_stay():
    assert settings(DEV)["loops"]["triage"] == {"agent": "incident-triage", "version": "v3"}
    left = settings(without_agents(DEV, []))
    assert "triage" not in left["loops"]
    assert "agents" not in left
    assert without_agents(DEV, ["incident-triage"]) == DEV
