"""A machine whose processes end with the test, whatever happens in it."""

import pytest

from tests.local.machine import Machine, free_base


@pytest.fixture
def machine(tmp_path):
    made = Machine(folder=tmp_path / "local", base=free_base())
    yield made
    done = made.slipway("local", "down")
    assert done.returncode == 0, done.stdout + done.stderr
