"""The download itself: list, fetch while hashing, compare with the record, and only then put in place."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

from releases.digest import DigestError, File, Manifest
from runtime.download.fetch import Fetcher, Part, parts
from runtime.download.listing import Item, listed
from runtime.download.order import Order
from runtime.download.outcome import DownloadError, Outcome
from runtime.download.patience import Log, Patience
from runtime.download.staging import Staging

_SHOWN_FILES: Final = 200


def download(order: Order, client: Any, stop: threading.Event, log: Log) -> None:
    """The record's files stand in the target afterwards, and nothing else; or nothing was put in place.

    Raises:
        DownloadError: why it was not.
    """
    began = time.monotonic()
    patience = Patience(stop, log)
    items = _listed(order, client, patience)
    staging = Staging(order.target)
    staging.open(items)
    total, kept = sum(item.size for item in items), staging.kept(items)
    log("listed", files=len(items), bytes=total, kept=kept)
    staging.check_room(total - kept)
    found = _fetched(order, items, staging, Fetcher(client, order.bucket, patience, order.workers))
    if kept and found.digest != order.digest:
        # What an earlier start left may be of other objects, or of a disk that lost power.
        log("afresh", got=found.digest, wanted=order.digest)
        staging.drop()
        staging.check_room(total)
        found = _fetched(order, items, staging, Fetcher(client, order.bucket, patience, order.workers))
    if found.digest != order.digest:
        staging.drop()
        _tell(found, log)
        raise DownloadError(
            Outcome.OTHER_FILES,
            f"s3://{order.bucket}/{order.prefix}: the files are not those of the record: their digest is "
            f"{found.digest}, the record says {order.digest}",
        )
    patience.check()
    staging.place()
    log(
        "done", files=len(items), bytes=total, digest=found.digest, seconds=round(time.monotonic() - began, 1)
    )


def _listed(order: Order, client: Any, patience: Patience) -> list[Item]:
    def ask() -> list[Item]:
        # The prefix alone, as the role allows; the bucket itself is never asked for.
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=order.bucket, Prefix=order.prefix)
        return listed(pages, order.prefix)

    return patience.until_answered(f"s3://{order.bucket}/{order.prefix}", ask)


def _fetched(order: Order, items: Sequence[Item], staging: Staging, fetcher: Fetcher) -> Manifest:
    """Fetches what is missing of each file. They are hashed as they are written, one after the other."""
    hashes: list[File] = []

    def wanted() -> Iterator[Part]:
        for item in items:
            yield from parts(item, staging.kept([item]), order.part_bytes)

    with closing(fetcher.fetched(wanted())) as fetched:
        for item in items:
            with staging.partial(item) as partial:
                while partial.length < item.size:
                    _, content = next(fetched)
                    staging.add(partial, content)
                hashes.append(File(item.path, partial.sha256))
    try:
        return Manifest.of(hashes)
    except DigestError as error:
        raise DownloadError(Outcome.OTHER_FILES, *error.problems) from error


def _tell(found: Manifest, log: Log) -> None:
    """What came, file by file: whoever holds the record's manifest sees which one differs."""
    for file in found.files[:_SHOWN_FILES]:
        log("file", path=file.path, sha256=file.sha256)
