"""A collector that a test starts, and that ends with it."""

import pytest

from tests.redaction.collector import Collector


@pytest.fixture
def running(tmp_path):
    started = []

    def start(config, **more):
        one = Collector(config, tmp_path, **more).start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()
