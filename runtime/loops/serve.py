"""Processes that stay: workers of the kinds that are asked for, and the receiver of alerts and answers."""

import asyncio
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

from runtime.loops import starting
from runtime.loops.build import world_of
from runtime.loops.contract import Kind
from runtime.loops.receiver import Receiver, server
from runtime.loops.settings import LoopsError, LoopsSettings
from runtime.loops.triage import Triage
from runtime.loops.worker import ACTIVITY_THREADS, worker


async def work(settings: LoopsSettings, kinds: Sequence[Kind]) -> None:
    """Work on these queues until the process is told to end; what is begun goes on elsewhere."""
    if settings.events is None:
        raise LoopsError("the loops cannot run:", ["events: a worker signs what it did; name a key"])
    world = world_of(settings)
    client = await starting.connect(settings.temporal, settings.metrics)
    ended = _ended()
    with ThreadPoolExecutor(ACTIVITY_THREADS * len(kinds)) as executor:
        async with AsyncExitStack() as stack:
            for kind in kinds:
                await stack.enter_async_context(worker(client, kind, world, executor))
            print(f"works on {', '.join(kinds)} at {settings.temporal.address}", flush=True)
            await ended.wait()


async def receive(settings: LoopsSettings, host: str, port: int) -> None:
    """Take alerts and answers until the process is told to end."""
    world = world_of(settings)
    client = await starting.connect(settings.temporal)
    ended = _ended()
    asked = settings.triage
    triage = Triage(settings=settings, triage=asked, client=client) if asked is not None else None
    receiver = Receiver(settings=settings, world=world, client=client, triage=triage)
    served = server(receiver, host, port, asyncio.get_running_loop())
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    print(f"receives on http://{host}:{served.server_port}", flush=True)
    await ended.wait()
    served.shutdown()


def _ended() -> asyncio.Event:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended
