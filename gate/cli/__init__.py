"""The command ``slipway``, a module a subcommand."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 50_000


def main() -> None:
    """Run the command line; what a subcommand needs is imported when it is asked for."""
    # Imports make some hundred thousand objects, and none is garbage: a look at all of them every 700 costs a tenth.
    gc.set_threshold(_NEW_OBJECTS)
    from gate.cli.app import main as run  # noqa: PLC0415 importing one subcommand need not import all

    run()
