"""How a download ends: the exit codes, and the one error that leads to them."""

from enum import IntEnum


class Outcome(IntEnum):
    """The exit code. What a second try may mend is told from what it may not."""

    DONE = 0
    BAD_INPUT = 2
    """Arguments or environment; also a region or credentials that are not there."""
    DENIED = 3
    """S3 said no: forbidden, or no such bucket or object."""
    OTHER_FILES = 4
    """The files are not those of the record, or could not be stored under their names."""
    UNREACHABLE = 5
    """S3 did not answer, or not in time, however often it was asked."""
    NO_ROOM = 6
    """The files do not fit on the volume, or it cannot be written to."""
    STOPPED = 143
    """SIGTERM; what was fetched stays for the next start."""


class DownloadError(Exception):
    """Why nothing was put in place; a line for each reason."""

    def __init__(self, outcome: Outcome, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.outcome = outcome
        self.problems = problems
