"""What a preview costs beside the tool a user would pick: AWS CDK with cdk-nag, on as many resources, in turn."""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gate.core.checkout import ROOT
from tools.measure import Figure, processor

INSTALLED = ROOT / ".cache" / "peer"
"""Where ``make .cache/peer/installed`` puts the CDK; without Node there is nothing to compare with."""
RUNS = 5


def against_peer(stack: str, resources: int, today: str) -> Iterator[Figure]:
    """The processor's seconds of both whole commands, alternating so that both meet the same machine."""
    if not (INSTALLED / "installed").exists():
        print("peer: AWS CDK is not installed (make .cache/peer/installed, which needs npm)", file=sys.stderr)
        return
    slipway = str(Path(sys.executable).parent / "slipway")
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS):
            ask = (slipway, "preview", stack, "--no-checkov", today, f"--output={folder}/ours")
            ours.append(processor(*ask))
            theirs.append(processor("node", str(INSTALLED / "app.mjs"), str(resources), f"{folder}/theirs"))
    own, peer = statistics.median(ours), statistics.median(theirs)
    yield Figure(f"preview {stack} ({resources} resources), the processor's time", own, "s")
    yield Figure("  AWS CDK under cdk-nag, as many resources", peer, "s")
    yield Figure("  preview against the peer", own / peer, "times", 1.2)
