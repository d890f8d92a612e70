"""Asking S3 again where that may help, and only there."""

import random
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoRegionError,
    ParamValidationError,
    UnknownEndpointError,
)
from urllib3.exceptions import HTTPError

from runtime.download.outcome import DownloadError, Outcome

Answer = TypeVar("Answer")
Log = Callable[..., None]
TRIES: Final = 8
"""In a row without a byte between them: with the waits below, about a minute and a half."""
_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 30.0
_AGAIN: Final = frozenset({408, 425, 429})
_AGAIN_CODES: Final = frozenset({"ExpiredToken", "RequestTimeTooSkewed", "RequestTimeout", "SlowDown"})
_CHANGED: Final = 412
_SERVER_FAULT: Final = 500
_OURS: Final = (NoRegionError, ParamValidationError, UnknownEndpointError)


class Patience:
    """Tries a request until it is answered, or refused, or has failed too often in a row."""

    def __init__(self, stop: threading.Event, log: Log, *, first_wait: float = _FIRST_WAIT_SECONDS) -> None:
        self._stop, self._log, self._first_wait = stop, log, first_wait

    def until_answered(
        self, what: str, ask: Callable[[], Answer], progress: Callable[[], int] = lambda: 0
    ) -> Answer:
        """The answer to ``ask``. Failures count anew when ``progress`` has grown between two of them.

        Raises:
            DownloadError: S3 refused, or went on failing, or the program is to stop.
        """
        failed, got = 0, progress()
        while True:
            self.check()
            try:
                return ask()
            except (BotoCoreError, ClientError, HTTPError, OSError) as error:
                said = _said(error)
                if (final := _final(error, what, said)) is not None:
                    raise final from error
                failed, got = (1, now) if (now := progress()) > got else (failed + 1, got)
                if failed >= TRIES:
                    raise DownloadError(
                        Outcome.UNREACHABLE,
                        f"{what}: failed {failed} times in a row, the last time with {said}",
                    ) from error
                self._log("again", what=what, failed=failed, error=said)
                longest = min(self._first_wait * 2 ** (failed - 1), _LONGEST_WAIT_SECONDS)
                # Spread out, or the workers that were told to slow down all come back at once.
                self._stop.wait(longest * random.uniform(0.5, 1.0))  # noqa: S311 guards nothing

    def check(self) -> None:
        """Ends the download where the program was told to.

        Raises:
            DownloadError: it was.
        """
        if self._stop.is_set():
            raise DownloadError(Outcome.STOPPED, "told to stop; what was fetched stays for the next start")


def _final(error: Exception, what: str, said: str) -> DownloadError | None:
    """What to give up with at once; None where another try may help."""
    if isinstance(error, _OURS):
        return DownloadError(Outcome.BAD_INPUT, f"{what}: {said}")
    if not isinstance(error, ClientError):
        return None
    status, code = _status(error), _code(error)
    if status >= _SERVER_FAULT or status in _AGAIN or code in _AGAIN_CODES:
        return None
    if status == _CHANGED:
        return DownloadError(Outcome.OTHER_FILES, f"{what}: changed in the bucket while it was fetched")
    return DownloadError(Outcome.DENIED, f"{what}: {said}")


def _said(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"{_status(error)} {_code(error)}"
    return f"{type(error).__name__}: {error}"[:300]


def _status(error: ClientError) -> int:
    metadata: Any = error.response.get("ResponseMetadata", {})
    return int(metadata.get("HTTPStatusCode", 0))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
