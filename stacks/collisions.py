"""Two platforms that would want the same names of IAM, which has one name space an account, whatever the region."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pulumi

from stacks.platform import PlatformSettings


def taken_in_another_region(
    mine: PlatformSettings, others: Iterable[str], read: Callable[[str], Mapping[str, Any]]
) -> Iterator[str]:
    """A line for every other stack file whose platform has this one's names in another region of the account.

    A file that cannot be read is left to its own preview, which says what is wrong with it.
    """
    for other in others:
        try:
            its = read(other).get("platform")
        except pulumi.RunError:
            continue
        if not isinstance(its, Mapping) or its.get("region") == mine.region:
            continue
        if all(its.get(part) == getattr(mine, part) for part in ("organisation", "environment", "account")):
            yield (
                f"platform.environment: stack {other} has roles named {mine.names.platform}-... in {its.get('region')} "
                f"already, and an account has each name of IAM once; choose another environment, such as "
                f"{mine.environment[:10]}{mine.region.rpartition('-')[2]} (got {mine.environment!r})"
            )
