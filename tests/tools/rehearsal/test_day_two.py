"""Changes of a stack file on the days after, and which operations each may bring."""

import shutil

import pytest

from gate.core.errors import GateError
from releases.load import load_releases
from releases.trust import trust_problems
from tools.rehearsal.day_two import NEW_POOL, changes_of, release_second
from tools.rehearsal.engine import Operation, Run
from tools.rehearsal.faults import FAULTS, Fault, names, put_in
from tools.rehearsal.home import ROOT

ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
POOL = "kubernetes:karpenter.sh/v1:NodePool"
SETTINGS = {
    "models": {"minilm": {"versions": {"v1": {"pool": "cpu"}}, "traffic": {"stable": "v1"}}},
    "cpu_pools": {"cpu": {"max_vcpus": 32}},
}


def ran(*operations):
    made = [
        Operation(op=op, urn=f"urn:pulumi:dev::slipway::slipway:X${type_}::{name}", seconds=0)
        for op, type_, name in operations
    ]
    return Run(command="pulumi up", code=0, seconds=0, operations=made)


def test_a_rollout_goes_to_the_second_version_and_back():
    beside, share, promoted, back = changes_of("minilm", "v1")
    settings = beside.edit(SETTINGS)
    assert settings["models"]["minilm"]["versions"] == {"v1": {"pool": "cpu"}, "v2": {"pool": "cpu"}}
    assert settings["models"]["minilm"]["traffic"] == {"stable": "v1"}
    settings = share.edit(settings)
    assert settings["models"]["minilm"]["traffic"] == {"stable": "v1", "candidate": "v2", "percent": 10}
    settings = promoted.edit(settings)
    assert settings["models"]["minilm"]["traffic"] == {"stable": "v2"}
    assert back.edit(settings)["models"]["minilm"]["traffic"] == {"stable": "v1"}
    assert SETTINGS["models"]["minilm"]["versions"] == {"v1": {"pool": "cpu"}}


def test_a_promotion_may_update_routes_of_its_model_and_nothing_else():
    promotion = changes_of("minilm", "v1")[2]
    assert promotion.problems(ran(("update", ROUTE, "model-minilm-shares"), ("same", POOL, "cpu"))) == []
    assert promotion.problems(ran(("replace", ROUTE, "model-minilm-shares"))) == [
        f"replace {ROUTE} model-minilm-shares: is not what this change is about"
    ]
    assert promotion.problems(ran(("update", ROUTE, "model-other-shares"))) == [
        f"update {ROUTE} model-other-shares: is not what this change is about"
    ]
    assert promotion.problems(ran(("update", POOL, "model-minilm-x"))) == [
        f"update {POOL} model-minilm-x: is not what this change is about"
    ]


def test_a_change_that_does_nothing_is_a_problem():
    assert NEW_POOL.problems(ran(("same", POOL, "cpu"))) == ["nothing was done"]


def test_a_new_pool_creates_its_own_objects():
    assert set(NEW_POOL.edit(SETTINGS)["cpu_pools"]) == {"cpu", "spare"}
    assert NEW_POOL.problems(ran(("create", POOL, "cpu-spare-pool"))) == []


def test_the_second_release_is_one_that_the_loader_takes(tmp_path):
    folder = tmp_path / "releases"
    shutil.copytree(ROOT / "releases", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for model in ("minilm", "support-chat"):
        release_second(folder, model, "v1")
    found = load_releases(folder / "models")
    assert {model: sorted(versions) for model, versions in found.items()} == {
        "minilm": ["v1", "v2"],
        "support-chat": ["v1", "v2"],
    }
    every = [one for versions in found.values() for one in versions.values()]
    assert [problem for one in every for problem in trust_problems(one, signed_only=True)] == []
    assert found["minilm"]["v2"].release.artifact.uri == "s3://{model_bucket}/minilm-v2/"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.words)
def test_every_fault_still_has_its_place_in_the_project(fault):
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1


def test_a_fault_is_taken_out_again(tmp_path):
    fault = Fault(words="w", file="a.py", old="right", new="wrong", named=("x",))
    (tmp_path / "a.py").write_text("right\n", encoding="utf-8")
    with put_in(tmp_path, fault):
        assert (tmp_path / "a.py").read_text(encoding="utf-8") == "wrong\n"
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "right\n"


def test_a_fault_without_its_place_says_so(tmp_path):
    (tmp_path / "a.py").write_text("other\n", encoding="utf-8")
    fault = Fault(words="w", file="a.py", old="right", new="wrong", named=("x",))
    with pytest.raises(GateError, match=r"^a\.py: holds 'right' 0 times"), put_in(tmp_path, fault):
        pass


def test_one_problem_has_to_hold_all_that_a_fault_is_known_by():
    assert names(["a and b"], ("a", "b"))
    assert not names(["a", "b"], ("a", "b"))
