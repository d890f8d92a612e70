"""Running a Pulumi program to its end with nobody at the other side, and keeping what it declared."""

import asyncio
import functools
import gc
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import SETTINGS, configure
from pulumi.runtime.stack import run_in_stack

from gate.capture.guards import ORGANISATION, Watch
from gate.capture.outputs import Account
from gate.capture.recorder import Recorder
from gate.capture.sdk_patches import patched
from gate.capture.surroundings import Surroundings
from gate.core.errors import CaptureError
from policies.engine.graph import Graph, Resource

PROJECT = "slipway"


@dataclass(frozen=True, kw_only=True)
class Captured:
    """Everything one run of a program declared, sorted by URN, and what it exported."""

    graph: Graph
    exports: Mapping[str, Any] = field(default_factory=dict)


class _Inline(ThreadPoolExecutor):
    """Runs what it is given at once: registrations keep the program's order and need no threads."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 an executor hands every failure to its future
            future.set_exception(error)
        return future


def capture(
    program: Callable[[], object],
    *,
    stack: str,
    account: Account,
    root: Path,
    config: Mapping[str, str] | None = None,
    upstreams: Mapping[str, Mapping[str, Any]] | None = None,
    organisation: Path | None = None,
    nothing_exists: bool = False,
    project: str = PROJECT,
    elsewhere: Sequence[Resource] = (),
) -> Captured:
    """Run ``program`` as stack ``stack``.

    Args:
        program: registers resources; called once, inside a new Pulumi stack.
        stack: the stack's name; it reaches the program as ``pulumi.get_stack()``.
        account: gives computed outputs their account and region.
        root: source positions are given relative to it.
        config: full configuration keys (``slipway:settings``) to JSON text.
        upstreams: exports of the stacks the program may refer to, by stack name.
        organisation: the folder with the project file, which the program sees as its root directory; ``root`` if
            it is not another one.
        project: the project's name, which stands in URNs and in configuration keys.
        elsewhere: policies that roles name and other programs make.
        nothing_exists: outputs are unknown, as in the first preview of an empty account.

    Raises:
        CaptureError: the program raised, looked something up, or consumed an output that nobody computes.
    """
    recorder = Recorder(account, root, upstreams or {}, nothing_exists=nothing_exists)
    recorder.references = f"{ORGANISATION}/{project}/"
    surroundings = Surroundings(recorder.problems, root, [organisation or root], config or {})
    watch = Watch(recorder.problems, root, recorder, surroundings, outputs_are_known=not nothing_exists)
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(_Inline())
    # One failure fails many tasks; the first one is reported, and the rest must not print themselves at exit.
    loop.set_exception_handler(lambda _loop, _context: None)
    features = set(recorder.GetDeploymentInfo(None).supportedFeatures)  # type: ignore[no-untyped-call]  # as above
    configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK leaves its mocks untyped
            monitor=recorder,
            monitor_features=features,
            engine=mocks.MockEngine(None),
            project=project,
            stack=stack,
            dry_run=watch.is_preview,
            organization=watch.organisation,
            root_directory=str(organisation or root),
            callbacks=None,
        )
    )
    set_all_config(dict(config or {}))
    try:
        with patched(root), _no_collection(), watch.over():
            loop.run_until_complete(run_in_stack(functools.partial(_call, program, watch)))
        watch.after(loop)
    except CaptureError as error:
        raise _failed(stack, recorder, error) from None
    except SystemExit as leaving:
        # Passed on, its code would be taken for ours: a program that leaves with 0 is no pass.
        left = CaptureError(f"the program left by itself (exit code {leaving.code!r}) before its end")
        raise _failed(stack, recorder, left) from None
    except Exception as error:
        raise _failed(stack, recorder, error) from error
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    if recorder.problems:
        raise _failed(stack, recorder, None)
    ordered = sorted(recorder.recorded.values(), key=lambda r: r.urn)
    return Captured(graph=Graph(ordered, elsewhere), exports=recorder.exports)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nearly everything a program makes lives until it ends; looking for garbage is two thirds of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _call(program: Callable[[], object], watch: Watch) -> None:
    """Run it, and wait for what it began.

    The SDK's own wait looks at all that is outstanding each time one thing ends: a quarter of a large stack's time.
    A failure ends this wait too; the SDK's, which follows, then raises it.
    """
    program()
    while outstanding := [task for task in SETTINGS.outputs if not task.done()]:
        done, _ = await asyncio.wait(outstanding, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() for task in done):
            return
    watch.end()


def _place(error: Exception, root: Path) -> str:
    """``file:line: `` of the innermost line of the project that an error came through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(root) and path.relative_to(root).parts[0] not in {"gate", ".venv", ".cache"}:
            return f"{path.relative_to(root)}:{frame.lineno}: "
    return ""


def _failed(stack: str, recorder: Recorder, error: Exception | None) -> CaptureError:
    problems = list(dict.fromkeys(recorder.problems))
    if error is not None and str(error) not in problems:
        kind = type(error).__name__
        said = str(error) or "no message"
        is_told = kind in {"CaptureError", "RunError"}
        problems.append(said if is_told else f"{_place(error, recorder.root)}{kind}: {said}")
    return CaptureError(f"stack {stack} could not be captured:", problems)
