"""Everything a worker touches, in one place."""

from dataclasses import dataclass

from runtime.loops.ports import (
    EventsPort,
    FiguresPort,
    MeasurerPort,
    PeoplePort,
    PolicyPort,
    ProposalsPort,
    ReferencesPort,
    ReleasesPort,
    SharesPort,
)


@dataclass(frozen=True, kw_only=True)
class World:
    """The parts that activities act on; tests put others in their place."""

    shares: SharesPort
    figures: FiguresPort
    events: EventsPort
    releases: ReleasesPort
    policy: PolicyPort
    people: PeoplePort
    proposals: ProposalsPort
    references: ReferencesPort
    measurer: MeasurerPort
