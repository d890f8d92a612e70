"""Argo's workflows: a pod for each template that runs one, with defaults, patches and what stands within a step."""

import pytest

from policies.analysis.pods.finder import pods_of
from policies.engine.values import UndecidedError
from tests.policies.cases import resource

ARGO = {
    "securityContext": {"runAsNonRoot": True},
    "volumes": [{"name": "shared"}],
    "hostNetwork": True,
    "podMetadata": {"annotations": {"note": "here"}},
    "templates": [
        {"name": "steps", "steps": [[{"template": "train"}]]},
        {
            "name": "train",
            "container": {"image": "a"},
            "volumes": [{"name": "own"}],
            "securityContext": {"runAsUser": 5},
            "sidecars": [{"name": "proxy", "image": "b"}],
        },
        {
            "name": "script",
            "script": {"image": "c", "source": "x"},
            "initContainers": [{"name": "i", "image": "d"}],
        },
        {"name": "set", "containerSet": {"containers": [{"name": "one", "image": "e"}]}},
    ],
}


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("Workflow", {"spec": ARGO}),
        ("WorkflowTemplate", {"spec": ARGO}),
        ("ClusterWorkflowTemplate", {"spec": ARGO}),
        ("CronWorkflow", {"spec": {"workflowSpec": ARGO}}),
    ],
)
def test_argo_has_a_pod_for_each_template_that_runs_one(kind, inputs):
    found = list(pods_of(resource(f"kubernetes:argoproj.io/v1alpha1:{kind}", inputs)))
    spec = "spec.workflowSpec" if kind == "CronWorkflow" else "spec"
    assert [(pod.path, [(c.name, c.path) for c in pod.containers()]) for pod in found] == [
        (
            f"{spec}.templates[1]",
            [
                ("train", f"{spec}.templates[1].container"),
                ("proxy", f"{spec}.templates[1].sidecars[0]"),
            ],
        ),
        (
            f"{spec}.templates[2]",
            [
                ("script", f"{spec}.templates[2].script"),
                ("i", f"{spec}.templates[2].initContainers[0]"),
            ],
        ),
        (f"{spec}.templates[3]", [("one", f"{spec}.templates[3].containerSet.containers[0]")]),
    ]
    assert [pod.spec["securityContext"] for pod in found] == [{"runAsUser": 5}, *[{"runAsNonRoot": True}] * 2]
    assert [[v["name"] for v in pod.spec["volumes"]] for pod in found] == [
        ["shared", "own"],
        *[["shared"]] * 2,
    ]
    assert all(pod.spec["hostNetwork"] and pod.annotations == {"note": "here"} for pod in found)


def _pods(kind="Workflow", **spec):
    return list(pods_of(resource(f"kubernetes:argoproj.io/v1alpha1:{kind}", {"spec": spec})))


TRAIN = {"name": "train", "container": {"image": "a"}}


@pytest.mark.parametrize(
    ("holder", "place"),
    [
        ({"dag": {"tasks": [{"name": "one", "inline": {"container": {"image": "a"}}}]}}, "dag.tasks[0]"),
        ({"steps": [[{"name": "one", "inline": {"container": {"image": "a"}}}]]}, "steps[0][0]"),
        ({"steps": [{"name": "one", "inline": {"container": {"image": "a"}}}]}, "steps[0]"),
    ],
)
def test_a_template_within_a_step_runs_a_pod(holder, place):
    (pod,) = _pods(templates=[{"name": "main", **holder}])
    assert [(c.name, c.path) for c in pod.containers()] == [
        ("main.one", f"spec.templates[0].{place}.inline.container")
    ]


def test_defaults_lie_below_a_template_of_their_type():
    defaults = {"container": {"securityContext": {"privileged": True}}, "hostNetwork": True}
    script = {"name": "script", "script": {"image": "b", "source": "x"}}
    of_container, of_script = _pods(templateDefaults=defaults, templates=[TRAIN, script])
    assert of_container.spec["containers"] == [
        {"name": "train", "image": "a", "securityContext": {"privileged": True}}
    ]
    assert [c.name for c in of_script.containers()] == ["script"]
    assert of_container.spec["hostNetwork"] is of_script.spec["hostNetwork"] is True


@pytest.mark.parametrize(
    "patch",
    [
        "hostNetwork: true\ncontainers: [{name: main, securityContext: {privileged: true}}]",
        '{"hostNetwork": true, "containers": [{"name": "main", "securityContext": {"privileged": true}}]}',
    ],
)
@pytest.mark.parametrize("on_template", [True, False])
def test_a_patch_is_laid_over_the_pod(patch, on_template):
    template = {**TRAIN, **({"podSpecPatch": patch} if on_template else {})}
    (pod,) = _pods(templates=[template], **({} if on_template else {"podSpecPatch": patch}))
    assert pod.spec["hostNetwork"] is True
    assert pod.spec["containers"] == [
        {"name": "train", "image": "a", "securityContext": {"privileged": True}}
    ]


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("hostNetwork: {{inputs.parameters.host}}", "train: podSpecPatch changes the pod when it runs"),
        ("a: " + "x" * 60_000, "train: podSpecPatch changes the pod when it runs"),
        ("a: [", "train: podSpecPatch cannot be read"),
        ("[" * 5_000, "train: podSpecPatch cannot be read"),
        ("- a", "podSpecPatch: expected a mapping, got list"),
    ],
)
def test_a_patch_that_cannot_be_known_is_undecided(patch, said):
    with pytest.raises(UndecidedError) as caught:
        _pods(templates=[TRAIN], podSpecPatch=patch)
    assert str(caught.value) == said


_MADE_AT = "spec.templates[0].resource.manifest.spec.template.spec"
MADE = "kind: Job\nspec: {template: {spec: {containers: [{name: made, image: a}]}}}"


@pytest.mark.parametrize(
    ("manifest", "places"), [(MADE, [_MADE_AT]), ("kind: ConfigMap\ndata: {a: b}", []), (MADE + "{{a}}", [])]
)
def test_an_object_that_a_template_makes_has_pods(manifest, places):
    template = {"name": "m", "resource": {"action": "create", "manifest": manifest}}
    assert [pod.path for pod in _pods(templates=[template])] == places


def test_an_object_that_cannot_be_read_is_undecided():
    with pytest.raises(UndecidedError) as caught:
        _pods(templates=[{"name": "m", "resource": {"manifest": "a: ["}}])
    assert str(caught.value) == "m: resource.manifest cannot be read"
