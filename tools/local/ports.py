"""Which ports are free, and what to do where one is not."""

import socket
from collections.abc import Iterator

from tools.local.errors import LocalError
from tools.local.layout import HOST, Ports

_LAST = 65535


def checked(base: int) -> Ports:
    """The ports from a base on.

    Raises:
        LocalError: one is taken or is none; each is named.
    """
    ports = Ports.from_base(base)
    if not 1024 <= base <= _LAST - len(ports.by_name()):  # noqa: PLR2004 below, ports are the system's
        raise LocalError(f"--base should be from 1024 to {_LAST - len(ports.by_name())} (got {base})")
    taken = list(_taken(ports))
    if taken:
        raise LocalError(
            f"{len(taken)} of {len(ports.by_name())} ports are taken by other programs; "
            f"others are tried with --base, such as --base {base + 1000}:",
            taken,
        )
    return ports


def _taken(ports: Ports) -> Iterator[str]:
    for name, port in ports.by_name().items():
        if not is_free(port):
            yield f"{HOST}:{port} ({name.replace('_', ' ')})"


def is_free(port: int) -> bool:
    """Whether a server could listen there, with the options servers use: a connection that lingers takes no port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            return False
        # Some systems let a second socket bind and refuse only to listen.
        try:
            one.listen(1)
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
