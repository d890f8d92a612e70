"""The tests of the loops share nothing with those that need Pulumi; they run in the workers' own environment."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from temporalio.testing import WorkflowEnvironment

from runtime.loops.worker import worker

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")

BIN = Path(sys.executable).parent
SKIPPING = BIN / "temporal-test-server"
SERVER = BIN / "temporal"


@pytest.fixture(scope="session")
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def skipping(loop):
    """A server that skips time while workflows wait; of its own for every process of the tests."""
    environment = loop.run(WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(SKIPPING)))
    yield environment
    loop.run(environment.shutdown())


@pytest.fixture
def runs(loop, skipping):
    """Run a test's coroutine beside workers of these kinds."""

    @asynccontextmanager
    async def workers(parts, *kinds):
        with ThreadPoolExecutor(8) as executor:
            working = [worker(skipping.client, kind, parts.world(), executor) for kind in kinds]
            for each in working:
                await each.__aenter__()
            try:
                yield
            finally:
                for each in working:
                    await each.__aexit__(None, None, None)

    def run(parts, kinds, test: Callable):
        async def whole():
            async with workers(parts, *kinds):
                return await test(skipping)

        return loop.run(whole())

    return run
