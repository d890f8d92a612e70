"""A language model's download, before its engine starts."""

import math
from typing import Any, Final

from components.foundation.names import Names
from components.models.plan import ReleasePlan
from components.serving.download import DIGEST, container

MODEL_DIR: Final = "/mnt/models"
MODEL_VOLUME: Final = "kserve-provision-location"
"""KServe's name for the volume between the two (``StorageInitializerVolumeName``, v0.20.0)."""


def verified_pod(pod: dict[str, Any], plan: ReleasePlan, names: Names) -> dict[str, Any]:
    """An engine's pod with the download before it, for a language model; KServe's own is switched off for it.

    KServe would write image, arguments and command of its own over ours (``attachStorageInitializer``, v0.20.0).
    """
    if plan.start.kind != "s3":
        return pod
    mount = {"name": MODEL_VOLUME, "mountPath": MODEL_DIR}
    download = {
        **container(names),
        "args": [plan.artifact_uri, MODEL_DIR],
        "env": [{"name": DIGEST, "value": plan.digest}],
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
