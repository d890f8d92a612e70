"""Where endpoints stand: small ranges of their own, so that a policy can name them and nothing else."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from components.network.cidr_plan import MOST_ZONES

_EIGHTHS = 3
_SIXTEENTHS = 4
_PREFIX = 27


def endpoint_ranges(vpc_cidr: str, zones: Sequence[str]) -> dict[str, str]:
    """By zone, the range of its endpoints: a /27, which holds one address for each of up to 27 services.

    They lie in block 4 of :func:`components.cidr_plan.plan_subnets`, in the third four of its sixteen parts.
    """
    parts = list(
        list(IPv4Network(vpc_cidr).subnets(prefixlen_diff=_EIGHTHS))[MOST_ZONES].subnets(
            prefixlen_diff=_SIXTEENTHS
        )
    )
    return {
        zone: str(next(parts[2 * MOST_ZONES + index].subnets(new_prefix=_PREFIX)))
        for index, zone in enumerate(zones)
    }
