"""What MLflow's and Kubeflow Hub's own clients make of the registry's exports. Runs in an environment of its own.

``make test-registry-clients`` gives it the two files that ``slipway registry export`` printed.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any


def mlflow(bodies: dict[str, Any]) -> int:
    """Send everything to MLflow's client with a registry in a folder, and ask it again; how many versions it has."""
    from mlflow import MlflowClient  # noqa: PLC0415 of the other environment

    with tempfile.TemporaryDirectory() as folder:
        client = MlflowClient(tracking_uri=f"file:{folder}", registry_uri=f"file:{folder}")
        for body in bodies["registered-models/create"]:
            client.create_registered_model(body["name"], _tags(body), body["description"])
        for body in bodies["model-versions/create"]:
            made = client.create_model_version(
                body["name"], body["source"], tags=_tags(body), description=body["description"]
            )
            assert made.source == body["source"]
            assert made.tags == _tags(body)
        for body in bodies["registered-models/alias"]:
            client.set_registered_model_alias(body["name"], body["alias"], body["version"])
            found = client.get_model_version_by_alias(body["name"], body["alias"])
            assert str(found.version) == body["version"]
        return sum(
            len(client.search_model_versions(f"name='{m.name}'")) for m in client.search_registered_models()
        )


def _tags(body: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in body["tags"]}


def kubeflow(models: list[dict[str, Any]]) -> int:
    """Read every body as the client's own type, which must say the same again; how many versions there are."""
    from mr_openapi import ModelArtifactCreate, ModelVersionCreate, RegisteredModelCreate  # noqa: PLC0415 as above

    count = 0
    for model in models:
        _same(RegisteredModelCreate, model["registeredModel"])
        for version in model["versions"]:
            # The server's: whoever sends it puts it in.
            _same(ModelVersionCreate, version["modelVersion"] | {"registeredModelId": "1"})
            _same(ModelArtifactCreate, version["modelArtifact"])
            count += 1
    return count


def _same(kind: Any, body: dict[str, Any]) -> None:
    read = kind.from_dict(body)
    said = json.loads(read.to_json())
    lost = {key: value for key, value in body.items() if said.get(key) != value}
    assert not lost, f"{kind.__name__} loses {lost}"


if __name__ == "__main__":
    ours, theirs = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    sys.stdout.write(f"mlflow: {mlflow(ours)} versions; kubeflow: {kubeflow(theirs)} versions\n")
