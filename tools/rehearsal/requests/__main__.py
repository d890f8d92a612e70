"""The act of requests: prepared outside, played inside namespaces of its own, what it found written to a file."""

import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.conformance.errors import ConformanceError
from tools.rehearsal.programs import find_or_build_data_plane
from tools.rehearsal.requests import act, network
from tools.rehearsal.requests.prepared import Prepared, prepare
from tools.rehearsal.stages import Step, StepFailedError, Steps, Tell


def rehearse(name: str, keep: Path | None, tell: Tell) -> list[Step]:
    """Play the act for a stack in a network of its own; what its steps found.

    Raises:
        GateError: the stack cannot be read.
        ConformanceError: this machine lacks something, or the control plane does not start.
    """
    find_or_build_data_plane(tell)
    prepared = prepare(name, tell)
    with tempfile.TemporaryDirectory(prefix="slipway-requests-") as scratch:
        file, found = Path(scratch) / "prepared.json", Path(scratch) / "steps.json"
        prepared.write(file)
        folder = Path(scratch) / "run" if keep is None else keep / act.ACT
        code = network.enter(["tools.rehearsal.requests", str(file), str(folder), str(found)])
        if not found.exists():
            raise ConformanceError(f"requests: ended with {code} before it found anything")
        said: list[dict[str, Any]] = json.loads(found.read_text(encoding="utf-8"))
        return [Step(**one) for one in said]


def main(prepared: Path, folder: Path, found: Path) -> int:
    """Inside: every step, written as it is at the end; 0 whether or not they hold."""
    steps = Steps(tell)
    try:
        network.prepare()
        act.play(Prepared.read(prepared), find_or_build_data_plane(tell), folder, steps)
    except StepFailedError:
        tell(f"{act.ACT}: ended by its first failure")
    except ConformanceError as error:
        tell(str(error))
        return 2
    except KeyboardInterrupt:
        tell("interrupted; nothing is proved")
        return 2
    found.write_text(json.dumps([asdict(one) for one in steps.done]), encoding="utf-8")
    return 0


def tell(text: str) -> None:
    """Progress, beside the result."""
    print(f"rehearse: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if not network.is_inside() or shutil.which("ip") is None:
        tell("this part is started by `make rehearse ARGS='dev --act requests'`")
        sys.exit(2)
    sys.exit(main(*(Path(word) for word in sys.argv[1:4])))
