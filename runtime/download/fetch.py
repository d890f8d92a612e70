"""Ranges of objects, several at a time, given back in order: what is held in memory is bounded by the window."""

import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from typing import Any, Final

from runtime.download.listing import Item
from runtime.download.outcome import DownloadError, Outcome
from runtime.download.patience import Patience

_READ_BYTES: Final = 2**20
_AHEAD: Final = 4
"""Parts that wait to be written while every worker fetches another."""
_LOOK_UP_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Part:
    """So many bytes of an item from a place on."""

    item: Item
    start: int
    length: int


def parts(item: Item, start: int, length: int) -> Iterator[Part]:
    """What is left of an item, in parts of a length; the last one is what remains."""
    for at in range(start, item.size, length):
        yield Part(item, at, min(length, item.size - at))


class Fetcher:
    """Fetches parts of one bucket's objects."""

    def __init__(self, client: Any, bucket: str, patience: Patience, workers: int) -> None:
        self._client, self._bucket, self._patience = client, bucket, patience
        self._workers, self._ended = workers, threading.Event()

    def fetched(self, wanted: Iterable[Part]) -> Generator[tuple[Part, bytearray], None, None]:
        """Each part with its bytes, in the order asked for.

        Raises:
            DownloadError: a part could not be had, or the program is to stop.
        """
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="part")
        waiting: deque[tuple[Part, Future[bytearray]]] = deque()
        left = iter(wanted)
        try:
            while True:
                for part in left:
                    waiting.append((part, pool.submit(self._fetch, part)))
                    if len(waiting) >= self._workers + _AHEAD:
                        break
                if not waiting:
                    return
                part, future = waiting.popleft()
                yield part, self._result(future)
        finally:
            # Not waited for: a worker may hang in a read for as long as its socket lets it.
            self._ended.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _result(self, future: "Future[bytearray]") -> bytearray:
        while True:
            try:
                return future.result(timeout=_LOOK_UP_SECONDS)
            except NotYetError:
                self._patience.check()

    def _fetch(self, part: Part) -> bytearray:
        got = bytearray()
        what = f"{part.item.path} from byte {part.start}"
        self._patience.until_answered(what, lambda: self._read(part, got), lambda: len(got))
        return got

    def _read(self, part: Part, got: bytearray) -> None:
        """Goes on where the last try broke off."""
        self._check()
        first, last = part.start + len(got), part.start + part.length - 1
        answer = self._client.get_object(
            Bucket=self._bucket, Key=part.item.key, Range=f"bytes={first}-{last}", IfMatch=part.item.etag
        )
        body = answer["Body"]
        try:
            if answer["ContentLength"] != last - first + 1:
                raise DownloadError(
                    Outcome.OTHER_FILES,
                    f"{part.item.path}: {last - first + 1} bytes from byte {first} on were asked for, "
                    f"{answer['ContentLength']} came",
                )
            while content := body.read(_READ_BYTES):
                got += content
                self._check()
        finally:
            body.close()

    def _check(self) -> None:
        self._patience.check()
        if self._ended.is_set():
            raise DownloadError(Outcome.STOPPED, "nobody waits for this part any more")
