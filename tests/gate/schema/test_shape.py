"""Objects against their schemas: what is found, in which words, and that damage is never a pass."""

import json
import shutil

import pytest

from gate.schema import store as schema_store
from gate.schema.shape import check_shapes
from gate.schema.store import ShapeError, schema_for
from policies.engine.graph import UNKNOWN
from tests.policies.cases import resource

CUSTOM = "serving.kserve.io/v1beta1", "InferenceService"


@pytest.fixture
def schemas(tmp_path, monkeypatch):
    """A copy of gate/schema/definitions that a test may damage."""
    folder = tmp_path / "schemas"
    shutil.copytree(schema_store._FOLDER, folder)
    monkeypatch.setattr(schema_store, "_FOLDER", folder)
    caches = (schema_store.schema_for, schema_store._index)
    for cache in caches:
        cache.cache_clear()
    yield folder
    for cache in caches:
        cache.cache_clear()


def check(api_version, kind, **fields):
    group = api_version if "/" in api_version else f"core/{api_version}"
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **fields}
    return check_shapes([resource(f"kubernetes:{group}:{kind}", manifest)])


def said(report):
    return [(p.path, p.message) for p in report.problems]


POD = {"containers": [{"name": "a", "image": "b"}]}


def deployment(**spec):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": POD}
    return {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec}}


def test_a_good_object_has_no_problem():
    report = check("apps/v1", "Deployment", **deployment())
    assert (report.problems, report.undecided, report.unjudged) == ((), (), ())


def test_an_unknown_field_of_a_builtin_kind_is_compared_with_the_known_ones():
    found = deployment(replicaz=1, zzz=1)
    found["spec"]["template"]["spec"] = {"containers": [{"name": "a", "imagee": "b"}]}
    assert said(check("apps/v1", "Deployment", **found)) == [
        ("spec.replicaz", "unknown field; did you mean replicas?"),
        ("spec.template.spec.containers.0.imagee", "unknown field; did you mean image?"),
        ("spec.zzz", "unknown field"),
    ]


def test_an_unknown_field_at_the_root_is_compared_too():
    assert said(check("v1", "ConfigMap", dato={})) == [("dato", "unknown field; did you mean data?")]
    assert said(check(*CUSTOM, spec={"predictor": {}}, spek={})) == [
        ("spek", "unknown field; did you mean spec?")
    ]


def test_pod_specs_inside_custom_resources_are_checked():
    predictor = {"containers": [{"name": "a", "imagee": "b", "resources": {"limitz": {}}}], "modell": {}}
    assert said(check(*CUSTOM, spec={"predictor": predictor})) == [
        ("spec.predictor.containers.0.imagee", "unknown field; did you mean image?"),
        ("spec.predictor.containers.0.resources.limitz", "unknown field; did you mean limits?"),
        ("spec.predictor.modell", "unknown field; did you mean model?"),
    ]


def test_wrong_values_say_what_they_should_be():
    found = deployment(replicas="three")
    found["spec"]["template"]["spec"] = {"containers": [{"image": "b", "imagePullPolicy": "Sometimes"}]}
    report = said(check("apps/v1", "Deployment", **found))
    assert ("spec.replicas", "should be null or integer (got 'three')") in report
    assert ("spec.template.spec.containers.0.name", "is required") in report


def test_few_allowed_values_are_listed_and_long_ones_cut():
    scheme = {
        "spec": {"listeners": [{"name": "a", "port": 443, "protocol": "HTTPS", "tls": {"mode": "x" * 200}}]}
    }
    scheme["spec"]["gatewayClassName"] = "c"
    ((path, message),) = said(check("gateway.networking.k8s.io/v1", "Gateway", **scheme))
    assert path == "spec.listeners.0.tls.mode"
    assert message == f"should be Terminate, Passthrough (got '{'x' * 76}...)"


def test_an_unknown_value_is_undecided_and_no_problem():
    report = check("apps/v1", "Deployment", **deployment(replicas=UNKNOWN))
    assert report.problems == ()
    assert [(u.path, u.message) for u in report.undecided] == [("spec.replicas", "is not known yet")]


def test_an_unknown_value_hides_no_other_problem():
    report = check("apps/v1", "Deployment", **deployment(replicas=UNKNOWN, paused="no"))
    assert said(report) == [("spec.paused", "should be null or boolean (got 'no')")]


def test_a_key_set_to_null_is_not_set():
    assert check("apps/v1", "Deployment", **deployment(replicas=None, zzz=None)).problems == ()


def test_a_kind_without_a_schema_is_listed_with_its_count():
    odd = resource("kubernetes:a.b.c/v1:Odd", {"apiVersion": "a.b.c/v1", "kind": "Odd"})
    none = resource("kubernetes:x:Y", {"kind": "Y"})
    assert check_shapes([odd, odd, none]).unjudged == ("None Y (1)", "a.b.c/v1 Odd (2)")


def test_a_custom_kind_does_not_take_a_builtin_kinds_schema():
    assert schema_for("apps/v1", "Deployment") is not None
    assert schema_for("apps.example.com/v1", "Deployment") is None
    assert schema_for("v1", "../_definitions") is None


def test_releases_and_what_is_no_object_are_not_looked_at():
    report = check_shapes(
        [
            resource("kubernetes:helm.sh/v3:Release", {"kind": "x", "chart": "y"}),
            resource("aws:s3/bucket:Bucket", {"kind": "Pod", "apiVersion": "v1"}),
        ]
    )
    assert report.unjudged == ()


def test_expressions_that_are_not_evaluated_are_counted():
    listeners = [{"name": "a", "port": 80, "protocol": "HTTP"}]
    report = check(
        "gateway.networking.k8s.io/v1", "Gateway", spec={"gatewayClassName": "c", "listeners": listeners}
    )
    index = json.loads((schema_store._FOLDER / "index.json").read_text(encoding="utf-8"))
    counted = index["gateway.networking.k8s.io/v1 Gateway"]["cel_rules"]
    assert counted > 0
    assert report.cel_rules_not_evaluated == {"gateway.networking.k8s.io/v1 Gateway": counted}


def file_of(schemas):
    return schemas / "serving.kserve.io/v1beta1/InferenceService.json"


DAMAGE = {
    "missing index": (lambda s: (s / "index.json").unlink(), "index.json cannot be read"),
    "broken index": (lambda s: (s / "index.json").write_text("{"), "index.json cannot be read"),
    "index of another shape": (lambda s: (s / "index.json").write_text("[]"), "index.json is no mapping"),
    "damaged entry": (
        lambda s: (s / "index.json").write_text(json.dumps({" ".join(CUSTOM): {"file": "x"}})),
        "the entry of serving.kserve.io/v1beta1 InferenceService is damaged",
    ),
    "missing file": (lambda s: file_of(s).unlink(), "InferenceService.json cannot be read"),
    "changed file": (
        lambda s: file_of(s).write_text(file_of(s).read_text() + " "),
        "InferenceService.json is not the file that index.json describes",
    ),
    "emptied file": (lambda s: file_of(s).write_text("{}"), "is not the file that index.json describes"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "expected"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_schemas_are_an_error_and_no_pass(schemas, damage, expected):
    assert check(*CUSTOM, spec={"predictor": {}}).problems == ()
    schema_store.schema_for.cache_clear()
    schema_store._index.cache_clear()
    damage(schemas)
    with pytest.raises(ShapeError) as error:
        check(*CUSTOM, spec={"predictor": {}})
    assert expected in str(error.value)
    assert str(error.value).splitlines()[-1].strip() == "make schemas restores it"


def test_a_schema_that_is_no_schema_is_an_error():
    for text in ("{", '{"type": 3}', '{"$ref": "https://example.com/x.json"}'):
        with pytest.raises(ShapeError, match=r"the schema x\.json cannot be used"):
            schema_store._compiled(text, 0, "x.json")


def test_the_index_describes_every_file_there_is():
    index = json.loads((schema_store._FOLDER / "index.json").read_text(encoding="utf-8"))
    there = {p.relative_to(schema_store._FOLDER).as_posix() for p in schema_store._FOLDER.rglob("*/*.json")}
    assert {entry["file"] for entry in index.values()} == there
    for name in index:
        assert schema_for(*name.split(" ")) is not None


def test_no_schema_is_of_a_group_that_is_gone():
    index = json.loads((schema_store._FOLDER / "index.json").read_text(encoding="utf-8"))
    assert [name for name in index if name.startswith("serving.kubeflow.org/")] == []


def test_a_patch_need_not_be_whole_and_may_hold_nothing_unknown():
    """pulumi-kubernetes' ``DaemonSetPatch`` applies the fields it sets; the object stands there already."""
    manifest = {
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "aws-node"},
        "spec": {"template": {"spec": {"containers": [{"name": "aws-node", "imagee": "a"}]}}},
    }  # fmt: skip
    typo = ("spec.template.spec.containers.0.imagee", "unknown field; did you mean image?")
    assert said(check_shapes([resource("kubernetes:apps/v1:DaemonSetPatch", manifest)])) == [typo]
    assert said(check_shapes([resource("kubernetes:apps/v1:DaemonSet", manifest)])) == [
        ("spec.selector", "is required"),
        typo,
    ]
