"""One development server and one checkout a test: runs are named by release, and two tests have the same."""

import pytest

from tests.runtime.loops.processes.stack import Server, Stack


@pytest.fixture
def server(tmp_path_factory):
    one = Server(tmp_path_factory.mktemp("temporal"))
    yield one
    one.end()


@pytest.fixture
def stack(server, tmp_path):
    one = Stack(tmp_path, server)
    yield one
    one.end()
