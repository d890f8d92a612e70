"""When a range of addresses means "the internet"."""

from ipaddress import ip_network

from policies.engine.values import UndecidedError

_WIDEST = {4: 8, 6: 16}
"""The shortest prefix of anything an organisation owns: 10.0.0.0/8 is the widest private range. 0.0.0.0/1 is
the internet too, written in two halves."""


def is_internet(cidr: str) -> bool:
    """Whether a range is wider than any organisation's own.

    Raises:
        UndecidedError: the text is not an address range.
    """
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        raise UndecidedError(f"{cidr!r} is not an address range") from None
    return network.prefixlen < _WIDEST[network.version]
