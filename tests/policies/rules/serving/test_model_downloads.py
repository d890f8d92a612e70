from copy import deepcopy

from policies.engine.graph import UNKNOWN
from policies.rules.serving.model_downloads import RULES
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
                "spec.predictor.storageContainerName: is not set, not slipway-verified: what comes is not verified",
            ),
            red(
                predictive(annotations={}),
                f"spec.predictor.annotations[{NOTE}]: is missing, no sha256 digest to hold the files to",
            ),
            red(
                predictive(
                    lambda s: s.update(canary=[{"predictor": {**s["predictor"], "annotations": {NOTE: "x"}}}])
                ),
                f"spec.canary 0.annotations[{NOTE}]: is x, no sha256 digest to hold the files to",
            ),
            red(
                predictive(),
                "spec.predictor.storageContainerName: slipway-verified is not declared, and no pod of the model is "
                "admitted",
                others=[container(name="default")],
            ),
            red(
                llm(lambda i, _: i["spec"].pop("storageInitializer")),
                "spec.storageInitializer.enabled: is not false: KServe's initializer fetches the files and verifies "
                "none",
            ),
            red(
                llm(lambda i, _: i["spec"]["template"].pop("initContainers")),
                "spec.template.initContainers: has no storage-initializer, and nothing else fetches the files",
            ),
            red(
                llm(lambda _, f: f.pop("env")),
                f"{_ENV}: is missing, no sha256 digest: what comes is not verified",
            ),
            red(
                llm(lambda _, f: f["env"][1].update(value="sha256:" + "b" * 64)),
                f"{_ENV}: is sha256:{'b' * 64}, the release record says {DIGEST}",
            ),
            red(
                llm(lambda _, f: f.update(args=["s3://models/other-v1/", "/mnt/models"])),
                "spec.template.initContainers[storage-initializer].args: fetches s3://models/other-v1/, the model is "
                "at s3://models/chat-v1/",
            ),
            red(
                container(lambda c: c.update(name="download")),
                "spec.container.name: is download; KServe's webhook looks for storage-initializer",
            ),
            red(
                container(lambda c: c.update(env=[{"name": "ARTIFACT_DIGEST", "value": DIGEST}])),
                f"spec.container.env[ARTIFACT_DIGEST]: is not the pod's own annotation {NOTE}",
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
                f"{_MEMORY}: is 1Gi; a large model needs 2Gi to be fetched",
            ),
            red(
                llm(lambda _, f: f.pop("resources")),
                f"{_MEMORY}: is not set; a large model needs 2Gi to be fetched",
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

test_rules = cases_test(RULES, CASES)
