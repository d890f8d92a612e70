from copy import deepcopy

from policies.engine.graph import UNKNOWN
from policies.rules.serving.model_downloads import PLATFORM
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API, OTHER

DIGEST = "sha256:" + "a" * 64
NOTE = "slipway.dev/artifact-digest"
ARGS = ["s3://models/chat-v1/", "/mnt/models"]


def predictive(change=None, **predictor):
    said = {
        "model": {"storageUri": "s3://models/minilm-v1/"},
        "storageContainerName": "slipway-verified",
        "annotations": {NOTE: DIGEST},
        **predictor,
    }
    spec = {"predictor": said}
    if change:
        change(spec)
    return resource(f"{API}/v1beta1:InferenceService", {"metadata": {"name": "minilm"}, "spec": spec})


def llm(change=None):
    fetch = {
        "name": "storage-initializer",
        "args": ARGS,
        "env": [{"name": "OTHER", "value": "x"}, {"name": "ARTIFACT_DIGEST", "value": DIGEST}],
        "resources": {"limits": {"memory": "2Gi"}},
    }
    inputs = {
        "metadata": {"name": "chat-v1", "annotations": {NOTE: DIGEST}},
        "spec": {
            "model": {"uri": ARGS[0]},
            "storageInitializer": {"enabled": False},
            "template": {"initContainers": [{"name": "first"}, fetch], "containers": [{"name": "main"}]},
        },
    }
    if change:
        change(inputs, fetch)
    return resource(f"{API}/v1alpha2:LLMInferenceService", inputs)


def container(change=None, name="slipway-verified"):
    path = {"fieldRef": {"fieldPath": f"metadata.annotations['{NOTE}']"}}
    spec = {
        "name": "storage-initializer",
        "env": [{"name": "ARTIFACT_DIGEST", "valueFrom": path}],
        "resources": {"limits": {"memory": "2Gi"}},
    }
    if change:
        change(spec)
    return resource(
        f"{API}/v1alpha1:ClusterStorageContainer", {"metadata": {"name": name}, "spec": {"container": spec}}
    )


def red(judged, *findings, others=()):
    return Case(judged, others=(OURS, *others), findings=findings)


def good(judged, *others):
    return Case(judged, others=(OURS, *others))


_ENV = "spec.template.initContainers[storage-initializer].env[ARTIFACT_DIGEST]"
_MEMORY = "spec.template.initContainers[storage-initializer].resources.limits.memory"
_IMAGE = "oci+native://registry/model@sha256:" + "0" * 64

CASES = {
    "downloads-verify-the-digest": RuleCases(
        passing=[
            good(predictive()),
            good(predictive(), container()),
            good(predictive(model={"storageUri": _IMAGE}, storageContainerName=None)),
            good(predictive(lambda s: s.update(canary=[{"predictor": deepcopy(s["predictor"])}]))),
            good(llm()),
            good(llm(lambda i, _: i["spec"].update(model={"uri": _IMAGE}, storageInitializer=None))),
            good(container()),
            good(container(lambda c: c.pop("env"), name="default")),
        ],
        failing=[
            red(
                predictive(storageContainerName=None),
                "spec.predictor.storageContainerName: what comes is not verified; slipway-verified",
            ),
            red(
                predictive(annotations={}),
                "spec.predictor.annotations[slipway.dev/artifact-digest]: nothing is no sha256 digest to "
                "hold the files to",
            ),
            red(
                predictive(
                    lambda s: s.update(canary=[{"predictor": {**s["predictor"], "annotations": {NOTE: "x"}}}])
                ),
                "spec.canary[0].predictor.annotations[slipway.dev/artifact-digest]: x is no sha256 "
                "digest to hold the files to",
            ),
            red(
                predictive(),
                "spec.predictor.storageContainerName: slipway-verified is not declared, and no pod of "
                "the model is admitted",
                others=[container(name="default")],
            ),
            red(
                llm(lambda i, _: i["spec"].pop("storageInitializer")),
                "spec.storageInitializer.enabled: KServe's initializer fetches the files and verifies "
                "none; must be false",
            ),
            red(
                llm(lambda i, _: i["spec"]["template"].pop("initContainers")),
                "spec.template.initContainers: has no storage-initializer, and nothing else fetches the files",
            ),
            red(
                llm(lambda _, f: f.pop("env")),
                "spec.template.initContainers[1].env[ARTIFACT_DIGEST]: nothing is no sha256 digest: what "
                "comes is not verified",
            ),
            red(
                llm(lambda _, f: f["env"][1].update(value="sha256:" + "b" * 64)),
                "spec.template.initContainers[1].env[1].value: the release record says "
                "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; "
                "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
            red(
                llm(lambda _, f: f.update(args=["s3://models/other-v1/", "/mnt/models"])),
                "spec.template.initContainers[1].args[0]: fetches s3://models/other-v1/, and the model "
                "is at s3://models/chat-v1/",
            ),
            red(
                container(lambda c: c.update(name="download")),
                "spec.container.name: KServe's webhook looks for another one; storage-initializer",
            ),
            red(
                container(lambda c: c.update(env=[{"name": "ARTIFACT_DIGEST", "value": DIGEST}])),
                "spec.container.env[0].value: nothing is not the pod's own annotation "
                "slipway.dev/artifact-digest; metadata.annotations['slipway.dev/artifact-digest']",
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            good(predictive(model=UNKNOWN)),
            good(llm(lambda _, f: f.update(env=UNKNOWN))),
            good(container(lambda c: c.update(env=UNKNOWN))),
        ],
    ),
    "download-containers-have-room": RuleCases(
        passing=[Case(llm()), Case(container()), Case(llm(lambda _, f: f.update(name="other")))],
        failing=[
            red(
                llm(lambda _, f: f["resources"]["limits"].update(memory="1Gi")),
                "spec.template.initContainers[1].resources.limits.memory: 1Gi is little; a large model "
                "needs 2Gi to be fetched",
            ),
            red(
                llm(lambda _, f: f.pop("resources")),
                "spec.template.initContainers[1].resources.limits.memory: is not set; a large model "
                "needs 2Gi to be fetched",
            ),
            red(
                container(lambda c: c.pop("resources")),
                "spec.container.resources.limits.memory: is not set; a large model needs 2Gi to be fetched",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda _, f: f.update(resources=UNKNOWN)))],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
