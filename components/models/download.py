"""The container that fetches a model's files, and refuses other ones than the record's, before a server starts."""

import math
from typing import Any, Final

from components.foundation.names import RUNTIME, Names
from components.foundation.pod_security import restricted_container
from components.models.plan import DIGEST_ANNOTATION, ReleasePlan
from facts.pins import images

DOWNLOAD: Final = "storage-initializer"
"""KServe's name for it: its webhooks look for the container by it (``StorageInitializerContainerName``, v0.20.0)."""
STORAGE_CONTAINER: Final = "slipway-verified"
MODEL_DIR: Final = "/mnt/models"
MODEL_VOLUME: Final = "kserve-provision-location"
"""KServe's name for the volume between the two (``StorageInitializerVolumeName``, v0.20.0)."""
_DIGEST: Final = "ARTIFACT_DIGEST"
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
            "container": {**_container(names), "env": [{"name": _DIGEST, "valueFrom": annotation}]},
            "supportedUriFormats": [{"prefix": "s3://"}, {"prefix": "oci+native://"}],
            "workloadType": "initContainer",
        },
    }


def verified_pod(pod: dict[str, Any], plan: ReleasePlan, names: Names) -> dict[str, Any]:
    """An engine's pod with the download before it, for a language model; KServe's own is switched off for it.

    KServe would write image, arguments and command of its own over ours (``attachStorageInitializer``, v0.20.0).
    """
    if plan.start.kind != "s3":
        return pod
    mount = {"name": MODEL_VOLUME, "mountPath": MODEL_DIR}
    download = {
        **_container(names),
        "args": [plan.artifact_uri, MODEL_DIR],
        "env": [{"name": _DIGEST, "value": plan.digest}],
        "volumeMounts": [mount],
    }
    engine = pod["containers"][0]
    size = math.ceil(plan.size_bytes / 2**30) + 1
    return {
        **pod,
        "initContainers": [download],
        "containers": [{**engine, "volumeMounts": [*engine["volumeMounts"], {**mount, "readOnly": True}]}],
        "volumes": [*pod["volumes"], {"name": MODEL_VOLUME, "emptyDir": {"sizeLimit": f"{size}Gi"}}],
    }


def _container(names: Names) -> dict[str, Any]:
    return {
        "name": DOWNLOAD,
        "image": runtime_image(names),
        "command": ["python", "-m", "runtime.download"],
        "resources": _RESOURCES,
        "securityContext": restricted_container(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
