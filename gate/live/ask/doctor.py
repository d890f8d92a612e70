"""Every check of ``slipway doctor``, in the order in which one explains the next."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from gate.live.ask.account import Plan, caller, linked_roles, offerings, quotas
from gate.live.ask.api_server import ApiServer, connect
from gate.live.ask.aws import Aws
from gate.live.ask.check import BAD, OK, CannotAskError, Check
from gate.live.ask.cluster import admitted, certificates, charts, digests
from gate.live.ask.eks import add_ons, control_plane, entry
from gate.live.ask.reservations import reservations


def doctor(aws: Aws, plan: Plan, now: datetime) -> list[Check]:
    """All answers. With credentials of another account nothing further is asked: it would be about that account."""
    first = caller(aws, plan)
    if first.verdict != OK:
        why = "the caller's account is another one" if first.verdict == BAD else "nobody knows who asks"
        return [
            first,
            Check(
                area="all others", subject=plan["stack"], asked="nothing", verdict="could not ask", says=why
            ),
        ]
    return [first, *_account(aws, plan, now), *_inside(aws, plan, now)]


def _account(aws: Aws, plan: Plan, now: datetime) -> Iterator[Check]:
    yield from quotas(aws, plan)
    yield from offerings(aws, plan)
    yield from reservations(aws, plan, now)
    yield from linked_roles(aws, plan)


def _inside(aws: Aws, plan: Plan, now: datetime) -> Iterator[Check]:
    if not plan["cluster"]:
        return
    yield control_plane(aws, plan)
    yield from add_ons(aws, plan)
    yield entry(aws, plan)
    reach = Reach(aws, plan["cluster"])
    yield admitted(reach)
    yield from charts(reach, plan)
    yield from certificates(reach, plan, now)
    yield from digests(reach, plan)


class Reach:
    """The API server, connected to at the first question; what went wrong then is every later question's answer."""

    def __init__(self, aws: Aws, cluster: str) -> None:
        self._connect = cache(lambda: _try(aws, cluster))

    def __call__(self) -> ApiServer:
        found = self._connect()
        if isinstance(found, str):
            raise CannotAskError(found)
        return found


def _try(aws: Aws, cluster: str) -> ApiServer | str:
    try:
        return connect(aws, cluster)
    except CannotAskError as error:
        return str(error)
