"""KServe's own SDK reads what we write, and writes the same: no field is misspelt or misplaced.

The SDK hands out plain dictionaries, so its models are filled here: by their own tables of fields and types.
"""

import re
from typing import Any

import kserve.models
import kubernetes.client.models
import pytest
from kubernetes.client import ApiClient

from components.llm_configs import llm_configs
from components.llm_manifest import llm_inference_service
from components.predictive_manifest import inference_service
from components.serving_runtimes import serving_runtimes
from tests.components.model_examples import CHAT, EMBEDDING

_CONTAINER = re.compile(r"(?P<kind>list|dict)[\[(](str, )?(?P<item>.+)[\])]")
OURS = {
    "V1beta1InferenceService": [
        inference_service(EMBEDDING, "models", pool=None, min_replicas=1, max_replicas=2)
    ],
    "V1alpha2LLMInferenceService": [llm_inference_service(CHAT, "models", pool="l4", replicas=2)],
    "V1alpha2LLMInferenceServiceConfig": [*llm_configs().values()],
    "V1alpha1ClusterServingRuntime": [*serving_runtimes().values()],
}


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


@pytest.mark.parametrize(
    ("kind", "manifest"), [(kind, manifest) for kind, manifests in OURS.items() for manifest in manifests]
)
def test_the_sdk_reads_what_we_write_and_writes_the_same(kind, manifest):
    written = ApiClient().sanitize_for_serialization(read(kind, manifest))
    if kind == "V1beta1InferenceService":  # the SDK's model is a container, whose name it defaults to nothing
        assert written["spec"]["predictor"]["model"].pop("name") == ""
    assert written == manifest


def test_the_reader_sees_a_misspelt_field():
    manifest = inference_service(EMBEDDING, "models", pool=None, min_replicas=1, max_replicas=2)
    manifest["spec"]["predictor"]["minReplica"] = 1
    with pytest.raises(
        AssertionError, match=r"V1beta1PredictorSpec has no \['minReplica'\] \(at .spec.predictor\)"
    ):
        read("V1beta1InferenceService", manifest)
