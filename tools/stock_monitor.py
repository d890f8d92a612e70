"""The SDK's own mock monitor with the gate's answers: what the recorder is held equal to, and measured against.

    python -m tools.stock_monitor STACK    prints the seconds it took and what it kept, as JSON

A process of its own, since the SDK leaves an event loop open in every thread it registers from.
"""

import asyncio
import functools
import json
import sys
import threading
import time
from typing import Any

from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import SETTINGS, configure
from pulumi.runtime.stack import run_in_stack

from gate.capture.outputs import Account, computed
from gate.capture.stacks import program
from gate.core.checkout import ROOT
from stacks.load import Stack, read_stack


class StockMocks(mocks.Mocks):
    """Answers every registration as the recorder does, over the SDK's own path."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.registering = threading.local()

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise ValueError(f"the program looked up {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if not args.custom:
            return "", dict(args.inputs)
        urn = self.registering.urn
        identity, outputs = computed(args.typ, args.inputs, urn, args.name, self.account)
        return identity, {**args.inputs, **outputs}


class StockMonitor(mocks.MockMonitor):
    """Unchanged, but that it tells the mocks which URN they answer for and keeps what resources depend on."""

    def __init__(self, answers: StockMocks) -> None:
        super().__init__(answers)  # type: ignore[no-untyped-call]  # the SDK leaves its mocks untyped
        self.dependencies: dict[str, list[str]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        urn = self.make_urn(request.parent, request.type, request.name)
        self.mocks.registering.urn = urn
        self.dependencies[urn] = sorted(request.dependencies)
        return super().RegisterResource(request)


def stock_capture(stack: Stack) -> StockMonitor:
    """The monitor after a stack without upstreams has run under it."""
    platform = stack.settings.platform
    monitor = StockMonitor(StockMocks(Account(id=platform.account, region=platform.region)))
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]  # as above
            monitor=monitor,
            monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),  # type: ignore[no-untyped-call]  # as above
            engine=mocks.MockEngine(None),
            project="slipway",
            stack=stack.name,
            dry_run=True,
            organization="organization",
            root_directory=str(ROOT),
            callbacks=None,
        )
    )
    set_all_config({"slipway:settings": json.dumps(stack.raw, default=str)})
    try:
        loop.run_until_complete(run_in_stack(functools.partial(_call, program(ROOT))))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return monitor


def _call(run: Any) -> None:
    run()


def main(stack: str) -> None:
    """Print what the stock monitor keeps of a committed stack."""
    started = time.process_time()
    kept = stock_capture(read_stack(stack))
    seconds = time.process_time() - started
    states = {urn: r.state for urn, r in kept.resources.items()}
    print(json.dumps({"seconds": seconds, "resources": states, "dependencies": kept.dependencies}))


if __name__ == "__main__":
    main(sys.argv[1])
