"""A whole platform on somebody else's cluster: it builds, it is judged by what is told, and the rest is said."""

from datetime import date

import pytest
import yaml

from gate.evaluate.preview import Options, preview
from stacks.load import FOLDER
from tests.components.cluster.test_existing_cluster import EXISTING
from tests.components.network.test_adopted_network import EXISTING as NETWORK

THIRD = {"nodes": {"id": "subnet-0ccccccccccccccc1", "range": "10.20.64.0/19"}}


@pytest.fixture
def judged(tmp_path):
    def report(**more):
        raw = yaml.safe_load((FOLDER / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
        own = raw["config"]["slipway:settings"]
        network = {"existing": {**NETWORK, "zones": {**NETWORK["zones"], "c": THIRD}}}
        cluster = {"existing": {**EXISTING, **more}}
        raw["config"]["slipway:settings"] = {**own, "network": network, "cluster": cluster}
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
        return found.report

    return report


def test_a_platform_stands_on_a_cluster_of_somebody_else(judged):
    report = judged()
    assert [f.message for f in report.findings if not f.waiver] == []
    assert report.verdict == "pass"
    why = "clusters that somebody else made: what stands in them, and whether they are as the stack file says"
    assert [one.what for one in report.not_seen if one.why == why] == ["shared"]
    api = "Kubernetes API of cluster"
    assert [e.source for e in report.exposures if e.what == api] == ["the VPC"]


def test_what_is_told_of_it_is_judged_as_our_own_cluster_is(judged):
    report = judged(
        authentication_mode="API_AND_CONFIG_MAP",
        creator_administers=True,
        public_access_cidrs=["0.0.0.0/0"],
        secrets_key_arn=None,
        log_types=["api"],
    )
    found = {f.rule for f in report.findings if f.urn.endswith("AdoptedCluster::cluster")}
    assert found == {
        "cluster-is-entered-by-access-entries-only",
        "eks-api-not-public",
        "eks-control-plane-logs-enabled",
        "eks-secrets-use-cmk",
    }
    assert report.verdict != "pass"
