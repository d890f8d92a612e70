"""KServe's own SDK reads every object of every stack, and writes the same: no field is lost, misspelt or misplaced.

The SDK hands out plain dictionaries, so its models are filled here: by their own tables of fields and types.
"""

import copy
import re
from typing import Any

import kserve.models
import kubernetes.client.models
import pytest
from kubernetes.client import ApiClient

from tests.captured import EXAMPLES, STACKS, captured

_CONTAINER = re.compile(r"(?P<kind>list|dict)[\[(](str, )?(?P<item>.+)[\])]")
GROUP = "serving.kserve.io/"


def read(kind: str, data: Any, path: str = "") -> Any:
    """The data as the SDK's (or the Kubernetes client's) class of this name; plain where there is none."""
    container = _CONTAINER.fullmatch(kind)
    if container and container["kind"] == "list":
        return [read(container["item"], item, f"{path}[{i}]") for i, item in enumerate(data)]
    if container:
        return {key: read(container["item"], item, f"{path}.{key}") for key, item in data.items()}
    model = getattr(kserve.models, kind, None) or getattr(kubernetes.client.models, kind, None)
    if model is None or not isinstance(data, dict):
        return data
    attributes = {field: attribute for attribute, field in model.attribute_map.items()}
    unknown = sorted(set(data) - set(attributes))
    assert unknown == [], f"{kind} has no {unknown} (at {path})"
    return model(
        **{
            attributes[field]: read(model.openapi_types[attributes[field]], value, f"{path}.{field}")
            for field, value in data.items()
        }
    )


def written_by_sdk(manifest: dict[str, Any]) -> Any:
    version = manifest["apiVersion"].removeprefix(GROUP)
    kind = f"{version.capitalize()}{manifest['kind']}"
    written = ApiClient().sanitize_for_serialization(read(kind, manifest))
    # The SDK says an empty name where a predictor's model has none; KServe's webhook forbids to set the stable one's.
    model = written["spec"].get("predictor", {}).get("model", {}) if "spec" in written else {}
    if model.get("name") == "":
        del model["name"]
    return written


def ours(stack: str) -> list[dict[str, Any]]:
    objects = [resource.object for resource in captured(stack).graph if resource.object is not None]
    return [manifest for manifest in objects if manifest["apiVersion"].startswith(GROUP)]


@pytest.mark.parametrize("stack", [*STACKS, *EXAMPLES])
def test_the_sdk_reads_what_we_write_and_writes_the_same(stack):
    for manifest in ours(stack):
        assert written_by_sdk(manifest) == manifest


def test_every_kind_of_kserve_we_write_is_read():
    assert {manifest["kind"] for stack in STACKS for manifest in ours(stack)} == {
        "ClusterServingRuntime",
        "ClusterStorageContainer",
        "InferenceService",
        "LLMInferenceService",
        "LLMInferenceServiceConfig",
    }


def service() -> dict[str, Any]:
    """Any InferenceService we write, to be changed."""
    return copy.deepcopy(next(m for s in STACKS for m in ours(s) if m["kind"] == "InferenceService"))


def test_the_sdk_reads_a_canary():
    manifest = service()
    predictor = service()["spec"]["predictor"]
    predictor["model"]["name"] = "kserve-container"
    manifest["spec"]["canary"] = [{"predictor": predictor, "trafficPercent": 10}]
    assert read("V1beta1InferenceService", manifest).spec.canary[0].traffic_percent == 10
    assert written_by_sdk(manifest) == manifest


def test_the_reader_sees_a_misspelt_field():
    manifest = service()
    manifest["spec"]["predictor"]["minReplica"] = 1
    with pytest.raises(
        AssertionError, match=r"V1beta1PredictorSpec has no \['minReplica'\] \(at .spec.predictor\)"
    ):
        read("V1beta1InferenceService", manifest)
