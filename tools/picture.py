"""The picture of README.md again, from what the program makes of a stack: ``make picture``."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from gate.capture.stacks import capture_stack
from gate.checkov.opinion import not_asked
from gate.evaluate.judgement import assess
from gate.render.picture.svg import PICTURE, alone
from gate.report.served import serving
from policies.engine.graph import Graph
from stacks.load import read_stack

STACK: Final = "dev"
"""It has the whole platform and models of both kinds in one stack."""
FOLDER: Final = Path(__file__).parent.parent / "docs"


def drawn(graph: Graph) -> Mapping[str, str]:
    """The files of docs/ by name, from the captured graph of :data:`STACK`."""
    report, _ = assess(
        graph,
        subject=f"stack {STACK}",
        stack=STACK,
        today=date.min,  # nothing in a picture depends on it
        waivers={},
        opinion=not_asked("not asked"),
        rules=(),
        serving=serving(read_stack(STACK)),
    )
    title = f"What Slipway puts between a caller and an open model: {PICTURE}"
    return {
        "architecture.svg": alone(report.picture, down=False, title=title),
        "architecture-narrow.svg": alone(report.picture, down=True, title=title),
    }


def main() -> int:
    """Write both files."""
    for name, text in drawn(capture_stack(read_stack(STACK), {}).graph).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
