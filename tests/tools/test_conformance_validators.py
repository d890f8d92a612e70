"""What the tool does around upstream's code: who is asked what, and that silence is no yes."""

import json
import sys

import pytest

from policies.engine.graph import Graph, Resource
from tests.captured import captured
from tools.conformance.cluster import Subject
from tools.conformance.errors import ConformanceError
from tools.conformance.kserve_workloads import deployments
from tools.conformance.table import Row, compare
from tools.conformance.validators import PROGRAMS, Question, Validators, program_of, validate

_SAYS = """#!{python}
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    bad = asked["object"]["metadata"]["name"] == "bad"
    print(json.dumps({{"checked": {checked}, "refusals": ["no"] if bad else [],
                      "warnings": [" ".join(o["metadata"]["name"] for o in asked["beside"])][:len(asked["beside"])]}}))
{end}
"""


def programs(folder, checked=True, end=""):
    made = {}
    for name in PROGRAMS:
        path = folder / name
        path.write_text(_SAYS.format(python=sys.executable, checked=checked, end=end), encoding="utf-8")
        path.chmod(0o700)
        made[name] = path
    return Validators(made)


def object_(kind, name="good", **fields):
    api, kind = kind.split()
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "models"}, **fields}


def graph(*objects):
    return Graph(
        Resource(urn=f"{o['kind']}:{o['metadata']['name']}", type=f"kubernetes:{o['apiVersion']}:{o['kind']}",
                 name=o["metadata"]["name"], inputs=o)
        for o in objects
    )  # fmt: skip


_SCALER, _POOL = "keda.sh/v1alpha1 ScaledObject", "karpenter.sh/v1 NodePool"
_SERVICE = "serving.kserve.io/v1beta1 InferenceService"


def test_each_kind_is_asked_of_its_own_program_in_the_order_of_questions(tmp_path):
    questions = [
        Question(object_(k, n)) for k, n in ((_POOL, "bad"), ("v1 ConfigMap", "bad"), (_SCALER, "good"))
    ]
    answers = programs(tmp_path).ask(questions)
    assert [(a.program, a.refusals) if a else None for a in answers] == [
        ("platform", ["no"]), None, ("kserve", []),
    ]  # fmt: skip


def test_refusals_name_stack_object_and_program_and_neighbours_come_along(tmp_path):
    model = {"model": {"resources": {"requests": {"cpu": "1"}}}, "name": "v1"}
    below = graph(object_("v1 LimitRange", "defaults"), object_("v1 ConfigMap", "other"))
    above = graph(object_(_SERVICE, "minilm", spec={"predictor": model}), object_(_SCALER, "bad"))
    found = validate(
        [Subject(stack="base", graph=below), Subject(stack="dev", graph=above, upstream="base")],
        programs(tmp_path),
    )
    assert found.refusals == ["dev: ScaledObject/models/bad: kserve: no"]
    assert found.warnings == ["dev: ScaledObject/models/bad: kserve: bad defaults minilm-v1-predictor"]
    assert found.kinds == {_SERVICE: 1, _SCALER: 1}
    assert found.silent == {"v1 LimitRange": 1, "v1 ConfigMap": 1}


@pytest.mark.parametrize(
    ("checked", "end", "said"),
    [
        (False, "", r"^the validators of kserve know no keda.sh/v1alpha1 ScaledObject$"),
        (True, "print('{}')", r"^the validators of kserve gave 2 answers to 1 questions$"),
        (True, "sys.exit('out of memory')", r"^the validators of kserve failed:\nout of memory$"),
    ],
)
def test_a_program_that_does_not_answer_proves_nothing(tmp_path, checked, end, said):
    with pytest.raises(ConformanceError, match=said):
        programs(tmp_path, checked, end).ask([Question(object_(_SCALER))])


def test_a_program_that_is_not_there_proves_nothing(tmp_path):
    with pytest.raises(ConformanceError, match=r"^the validators of platform could not be asked: "):
        Validators({"platform": tmp_path / "platform"}).ask([Question(object_(_POOL))])


def test_a_table_that_upstream_does_not_follow_is_no_proof(tmp_path):
    table = [
        Row(name="a", question=Question(object_(_POOL)), refused="no"),
        Row(name="b", question=Question(object_(_POOL, "bad"))),
        Row(name="c", question=Question(object_(_POOL, "bad")), refused="no"),
        Row(name="d", question=Question(object_("v1 ConfigMap"))),
    ]
    found = compare(table, programs(tmp_path))
    assert found.refused == 1
    assert found.problems[:6] == [
        "a: should be refused with 'no' (upstream says nothing)",
        "b: should be taken (upstream says no)",
        "d: nobody validates v1 ConfigMap",
        "kserve: refused 0 objects of the table",
        "istio: refused 0 objects of the table",
        "platform: refused 1 objects of the table",
    ]
    assert f"{_SCALER}: the table has no object that kserve refuses" in found.problems
    assert f"{_POOL}: the table has no object that platform refuses" not in found.problems


def test_kserve_makes_a_deployment_of_every_predictor_that_a_scaler_of_ours_names():
    objects = [r.object for r in captured("dev").graph if r.object is not None]
    made = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in deployments(objects)}
    scalers = [o for o in objects if o["kind"] == "ScaledObject"]
    assert scalers
    for scaler in scalers:
        target = made[scaler["metadata"]["namespace"], scaler["spec"]["scaleTargetRef"]["name"]]
        names = [c["name"] for c in target["spec"]["template"]["spec"]["containers"]]
        assert names[0] == "kserve-container"


def test_a_deployment_has_what_keda_reads():
    service = object_(
        _SERVICE, "minilm",
        spec={
            "predictor": {"model": {"resources": {"limits": {"cpu": "2"}}}, "containers": [{"name": "sampler"}]},
            "canary": [{"predictor": {"name": "v2", "containers": [{"name": "kserve-container"}]}}],
        },
    )  # fmt: skip
    stable, canary = deployments([service])
    assert json.dumps(stable["metadata"]) == '{"name": "minilm-predictor", "namespace": "models"}'
    assert stable["spec"]["template"]["spec"]["containers"] == [
        {"name": "kserve-container", "resources": {"limits": {"cpu": "2"}}}, {"name": "sampler"},
    ]  # fmt: skip
    assert canary["metadata"]["name"] == "minilm-v2-predictor"
    assert canary["spec"]["template"]["spec"]["containers"] == [{"name": "kserve-container"}]


def test_no_kind_has_two_voices():
    kinds = [kind for listed in PROGRAMS.values() for kind in listed]
    assert len(kinds) == len(set(kinds))
    assert program_of("v1 Pod") is None
