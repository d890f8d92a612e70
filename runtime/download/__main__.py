"""``python -m runtime.download URI TARGET``: fetches, verifies, puts in place, and logs lines of JSON."""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from runtime.download.order import Order, order
from runtime.download.outcome import DownloadError, Outcome
from runtime.download.run import download

_CONFIG: Final = {
    # The program asks again itself: a download that breaks off in the middle is no failed request to botocore.
    "retries": {"total_max_attempts": 1},
    "connect_timeout": 10,
    "read_timeout": 60,
    "user_agent_extra": "slipway-download",
}


def log(event: str, **said: Any) -> None:
    """One line of JSON on standard output."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **said}
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 the log of a container


def client(wanted: Order) -> Any:
    """S3, with the credentials that pod identity brings and a connection for each worker."""
    try:
        return botocore.session.get_session().create_client(
            "s3", config=Config(max_pool_connections=wanted.workers + 2, **_CONFIG)
        )
    except (BotoCoreError, ValueError) as error:
        raise DownloadError(Outcome.BAD_INPUT, f"S3: {error}") from error


def main(arguments: Sequence[str], environment: Mapping[str, str], stop: threading.Event) -> Outcome:
    """Downloads, and says how it went."""
    try:
        wanted = order(arguments, environment)
        download(wanted, client(wanted), stop, log)
    except DownloadError as error:
        log("failed", outcome=error.outcome.name.lower(), code=int(error.outcome), problems=error.problems)
        return error.outcome
    return Outcome.DONE


if __name__ == "__main__":
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    signal.signal(signal.SIGINT, lambda *_: told.set())
    code = main(sys.argv[1:], os.environ, told)
    sys.stdout.flush()
    # Not ``sys.exit``: it would wait for workers that hang in a read.
    os._exit(code)
