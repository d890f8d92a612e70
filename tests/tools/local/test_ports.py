"""Which ports are free."""

import socket

import pytest

from tools.local.errors import LocalError
from tools.local.layout import Ports
from tools.local.ports import answers, checked, is_free


def a_base():
    """The first of twelve free ports."""
    for base in range(21000, 30000, 20):
        if all(is_free(port) for port in Ports.from_base(base).by_name().values()):
            return base
    raise AssertionError


def test_ports_follow_each_other():
    base = a_base()
    assert list(checked(base).by_name().values()) == list(range(base, base + 12))
    assert checked(base).of_version("v2") == base + 3


def test_every_port_that_is_taken_is_named():
    base = a_base()
    with socket.socket() as one, socket.socket() as two:
        for server, port in ((one, base), (two, base + 7)):
            server.bind(("127.0.0.1", port))
            server.listen(1)
        assert answers(base)
        with pytest.raises(LocalError) as error:
            checked(base)
    assert str(error.value).splitlines() == [
        (
            "2 of 12 ports are taken by other programs; others are tried with --base, such as "
            f"--base {base + 1000}:"
        ),
        f"  127.0.0.1:{base} (gateway)",
        f"  127.0.0.1:{base + 7} (temporal ui)",
    ]
    assert not answers(base)


@pytest.mark.parametrize("base", [0, 80, 65530, -1])
def test_a_base_that_is_none_is_refused(base):
    with pytest.raises(LocalError, match=rf"^--base should be from 1024 to 65523 \(got {base}\)$"):
        checked(base)
