"""The command ``slipway``, a module a subcommand."""


def main() -> None:
    """Run the command line; what a subcommand needs is imported when it is asked for."""
    from gate.cli.app import main as run  # noqa: PLC0415 importing one subcommand need not import all

    run()
