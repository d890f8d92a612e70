"""Running something in a process of its own: a program that ends its process must not end ours with its exit code."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from gate.errors import GateError

P = ParamSpec("P")
T = TypeVar("T")


def apart(what: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function answers, called in a forked process.

    Raises:
        GateError: the process ended before it answered, or the function raised one.
    """
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        try:
            return pool.submit(what, *args, **kwargs).result()
        except BrokenProcessPool:
            raise GateError("the program ended its process before it was judged") from None
