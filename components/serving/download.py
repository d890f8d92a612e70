"""The container that fetches a model's files, and refuses other ones than the record's, before a server starts."""

from typing import Any, Final

from components.foundation.names import RUNTIME, Names
from components.foundation.pod_security import restricted_container
from facts.pins import images

DOWNLOAD: Final = "storage-initializer"
"""KServe's name for it: its webhooks look for the container by it (``StorageInitializerContainerName``, v0.20.0)."""
DIGEST_ANNOTATION: Final = "slipway.dev/artifact-digest"
"""Annotation: the record's digest of the files. The download of a predictive model reads it from its own pod."""
STORAGE_CONTAINER: Final = "slipway-verified"
DIGEST: Final = "ARTIFACT_DIGEST"
"""The variable in which the program reads what the files must be."""
_RESOURCES: Final = {
    # 256 MiB of parts and an interpreter; the rest is what the kernel holds until the disk has it.
    "requests": {"cpu": "500m", "memory": "1Gi"},
    "limits": {"cpu": "4", "memory": "2Gi"},
}


def runtime_image(names: Names) -> str:
    """The image of the platform's own programs, from its own registry (docs/components/runtime_image.md).

    By digest: another build, or a push of something else under the tag, is not what a node takes.
    """
    pinned = images()["slipway-runtime"]
    return f"{names.registry}/{names.repository(RUNTIME)}:{pinned.version}@{pinned.digest}"


def storage_container(names: Names) -> dict[str, Any]:
    """How KServe fetches a predictive model that asks for it by name.

    One object serves all models: the digest is the pod's own, from the annotation that its version brings. A version
    whose files are an image passes here too, since a canary inherits the name; nothing is fetched for it then.
    """
    annotation = {"fieldRef": {"fieldPath": f"metadata.annotations['{DIGEST_ANNOTATION}']"}}
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": STORAGE_CONTAINER},
        "spec": {
            "container": {**container(names), "env": [{"name": DIGEST, "valueFrom": annotation}]},
            "supportedUriFormats": [{"prefix": "s3://"}, {"prefix": "oci+native://"}],
            "workloadType": "initContainer",
        },
    }


def container(names: Names) -> dict[str, Any]:
    """The program's container, which still has to be told the digest."""
    return {
        "name": DOWNLOAD,
        "image": runtime_image(names),
        "command": ["python", "-m", "runtime.download"],
        "resources": _RESOURCES,
        "securityContext": restricted_container(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
