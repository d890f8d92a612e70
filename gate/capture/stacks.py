"""The committed stacks as the gate runs them: with what configuration, in which account."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gate.capture.capture import Captured, capture
from gate.capture.chosen import BOOTSTRAP
from gate.capture.outputs import Account
from gate.core.checkout import ROOT
from policies.analysis.iam.identities import POLICY
from policies.engine.graph import Resource
from stacks.load import PROJECT, Stack


def capture_stack(
    stack: Stack,
    upstreams: Mapping[str, Mapping[str, Any]],
    root: Path = ROOT,
    *,
    nothing_exists: bool = False,
) -> Captured:
    """Run the committed program as this stack.

    Raises:
        CaptureError: it could not be run to its end.
    """
    platform = stack.settings.platform
    names = stack.names
    boundary = Resource(
        urn=f"urn:pulumi:elsewhere::slipway-bootstrap::{POLICY}::{names.boundary}",
        type=POLICY,
        name=names.boundary,
        inputs={"name": names.boundary, "policy": stack.boundary},
        outputs={"arn": names.boundary_arn},
    )
    is_own = stack.project == PROJECT
    return capture(
        program(root if is_own else root / BOOTSTRAP),
        stack=stack.name,
        account=Account(id=platform.account, region=platform.region),
        root=root,
        config={f"{stack.project}:settings": json.dumps(stack.raw, default=str)},
        upstreams=upstreams,
        organisation=stack.folder.parent,
        nothing_exists=nothing_exists,
        project=stack.project,
        elsewhere=[boundary] if is_own else [],
    )


def program(root: Path) -> Callable[[], object]:
    """The committed ``__main__.py`` as something to call."""

    def run() -> object:
        return runpy.run_path(str(root / "__main__.py"), run_name="__main__")

    return run
