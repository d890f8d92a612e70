"""A whole platform on somebody else's network builds and passes; what of the network is not seen is said."""

from datetime import date

import yaml

from gate.evaluate.preview import Options, preview
from stacks.load import FOLDER
from tests.components.network.test_adopted_network import EXISTING


def test_a_platform_stands_on_a_network_of_somebody_else(tmp_path):
    raw = yaml.safe_load((FOLDER / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    own = raw["config"]["slipway:settings"]
    third = {"nodes": {"id": "subnet-0ccccccccccccccc1", "range": "10.20.64.0/19"}}
    existing = {**EXISTING, "zones": {**EXISTING["zones"], "c": third}}
    raw["config"]["slipway:settings"] = {**own, "network": {"existing": existing}}
    (tmp_path / "stacks").mkdir()
    (tmp_path / "releases").symlink_to(FOLDER.parent / "releases")
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    options = Options(
        today=date(2026, 11, 28),
        output=tmp_path / "out",
        organisation=tmp_path,
        with_checkov=False,
        processes=1,
    )
    (found,) = preview([], options, lambda *_: None)
    assert found.problem == ""
    assert [f.message for f in found.report.findings if not f.waiver] == []
    assert found.report.verdict == "pass"
    why = "networks that somebody else made: their routes, endpoints, flow logs and network ACLs"
    assert [one.what for one in found.report.not_seen if one.why == why] == ["vpc-0a1b2c3d4e5f60718"]
