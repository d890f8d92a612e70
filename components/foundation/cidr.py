"""Address ranges that settings accept: IPv4, and no wider than what they open may be opened to."""

from ipaddress import IPv4Network

from pydantic import AfterValidator


def narrow(opens: str, widest: int) -> AfterValidator:
    """A check of a setting: an IPv4 range of at most a /``widest``; ``opens`` says what a wider one would open."""

    def checked(cidr: str) -> str:
        try:
            network = IPv4Network(cidr)
        except ValueError:
            raise ValueError(f"not an address range such as 203.0.113.0/24 (got {cidr!r})") from None
        if network.prefixlen < widest:
            raise ValueError(f"opens {opens} to more than a /{widest} (got {cidr!r})")
        return cidr

    return AfterValidator(checked)
