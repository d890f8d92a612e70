"""The policy pack: the gate's rules and waivers, run by Pulumi's engine.

Started with this folder as its program, so that this folder is where Python looks for modules first; the
checkout takes its place, or ``policies`` would not be found and ``policies/engine`` would answer to ``engine``.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
sys.path[:] = [str(_FOLDER.parent), *(p for p in sys.path if Path(p or ".").resolve() != _FOLDER)]

from policies.engine.crossguard import start  # noqa: E402 only found after the lines above

# Some engines tell their packs in the environment whether this is a preview, others by a call.
start(
    _FOLDER,
    today=datetime.now(tz=UTC).date(),
    is_preview=os.environ.get("PULUMI_DRY_RUN") == "true",
    packs=os.environ.get("SLIPWAY_PACK", "all"),
)
