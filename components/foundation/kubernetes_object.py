"""One way to declare a Kubernetes object: the manifest, as the API server would read it."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

PROVIDER_VERSION = "4.34.2"
"""pulumi-kubernetes; the same pin stands in requirements.in, and a test compares the two."""

NOT_AWAITED: Final = {"pulumi.com/skipAwait": "true"}
"""For a workload whose Secret somebody makes after the first ``up`` has made its namespace: waited for, it would fail
that ``up`` after ten minutes. Its pods start when the Secret is there."""


class KubernetesObject(pulumi.CustomResource):
    """One object of any kind, built-in or custom, applied server-side.

    The manifest may hold ``pulumi.Output`` anywhere but in ``apiVersion`` and ``kind``. It always carries
    ``metadata.name``: a generated name could not be told in a policy, a flow or a runbook.
    """

    def __init__(self, name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        api_version, kind = manifest["apiVersion"], manifest["kind"]
        group = api_version if "/" in api_version else f"core/{api_version}"
        opts.version = PROVIDER_VERSION
        super().__init__(f"kubernetes:{group}:{kind}", name, dict(manifest), opts)
