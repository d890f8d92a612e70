"""Running something in a process of its own: a program that ends its process must not end ours with its exit code."""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

from gate.core.errors import GateError

P = ParamSpec("P")
T = TypeVar("T")


_PR_SET_PDEATHSIG: Final = 1


def end_with_parent() -> None:
    """For a process that was just forked: it ends when whoever forked it is killed.

    It would go on otherwise, and write a report beside what a later run says. Only Linux can be told so. What a
    terminal's Ctrl-C means is the parent's to say: each child would print a traceback of its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if (
            os.getppid() == 1 and os.getpid() != 1
        ):  # killed before it was said; in a container our parent may be 1
            parent = multiprocessing.parent_process()
            if parent is not None and parent.pid != 1:
                os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def ended_at_once(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Whoever interrupts does not wait for what the pool's processes have begun."""
    try:
        yield
    except KeyboardInterrupt:
        for process in list(pool._processes.values()):  # noqa: SLF001 an executor cannot be told so before 3.14
            process.kill()
        raise


def apart(what: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function answers, called in a forked process.

    Raises:
        GateError: the process ended before it answered, or the function raised one.
    """
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=end_with_parent) as pool:
        try:
            return pool.submit(what, *args, **kwargs).result()
        except (BrokenProcessPool, SystemExit):  # raised here, it would end us with its code
            raise GateError("the program ended its process before it was judged") from None
