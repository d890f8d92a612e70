"""A world in memory: what workflows did can be read, and every part can be made to fail."""

from collections import defaultdict
from pathlib import Path

from runtime.loops.contract import Figures, Histogram, ReleaseFacts
from runtime.loops.moves import same
from runtime.loops.policy.cedar import CedarPolicies
from runtime.loops.ports import SharesMovedError, UnavailableError
from runtime.loops.world import World
from tests.runtime.loops.examples import BOUNDS, DIGEST, V2

POLICIES = CedarPolicies.load(Path(__file__).parents[3] / "policies" / "actions")
GOOD = Figures(
    requests=1000.0, errors=1.0, latency_p95_ms=100.0, latency_p99_ms=200.0, time_to_first_token_p95_ms=90.0
)
NONE = Figures(requests=0.0, errors=0.0)


def figures(errors=1, requests=1000, p95=100.0):
    return Figures(requests=float(requests), errors=float(errors), latency_p95_ms=p95, latency_p99_ms=p95 * 2)


class Shares:
    def __init__(self, **shares):
        self.now = {"minilm": dict(shares)}
        self.written = []

    def read(self, model):
        return dict(self.now[model])

    def write(self, model, shares, expected):
        found = self.now[model]
        if same(found, shares):
            return
        if not same(found, expected):
            raise SharesMovedError(model, expected, found)
        self.now[model] = dict(shares)
        self.written.append(dict(shares))


class Seen:
    """Figures as tests set them by version; a version without share is quiet, as it would be."""

    def __init__(self, shares, **by_version):
        self.shares, self.by_version = shares, by_version
        self.budget = {"availability": 0.8}
        self.is_away = 0
        self.histograms = {}

    def read(self, model, version, _window_seconds):
        if self.is_away:
            self.is_away -= 1
            raise UnavailableError("Prometheus does not answer")
        if not self.shares.now[model].get(version):
            return NONE
        found = self.by_version.get(version, GOOD)
        return found(self.shares.now[model][version]) if callable(found) else found

    def budget_left(self, _model):
        if isinstance(self.budget, Exception):
            raise self.budget
        return self.budget

    def histogram(self, _model, _version, signal, _window_seconds):
        found = self.histograms[signal]
        if callable(found):
            found = found()
        assert isinstance(found, Histogram)
        return found


class Events:
    def __init__(self):
        self.said = []
        self.names = {}

    def append(self, appendix):
        key = (appendix.run, appendix.step)
        if key not in self.names:
            self.names[key] = f"{len(self.said)}-{appendix.event['kind']}.yaml"
            self.said.append(dict(appendix.event))
        return self.names[key]

    def told(self):
        return [(e["kind"], e.get("action") or e.get("decision") or e.get("severity")) for e in self.said]


class Releases:
    def __init__(self):
        self.known = defaultdict(dict)

    def facts(self, _model, version, _today):
        return ReleaseFacts(
            **{
                "word": "approved",
                "record": V2.record,
                "steps": BOUNDS.steps,
                "data_class": "internal",
                "owner": "search",
                "evaluation_fresh": True,
                "evaluation_age_days": 3,
                **self.known[version],
            }
        )


class People:
    def verify(self, statement):
        if statement.signature != "good":
            raise PermissionError("the signature is not the front door's")
        return statement.who


class Proposals:
    def __init__(self):
        self.made = {}

    def propose(self, run, title, change):
        self.made[run, title] = dict(change)
        return f"proposals/{title}"


class References:
    def __init__(self):
        self.known = {}

    def read(self, digest):
        return self.known[digest]


class Measurer:
    """Measures 0.8 of what is served, on data that is there."""

    identity = "slipway-evaluation@dev"

    def __init__(self):
        self.files, self.data, self.value = DIGEST, True, 0.8

    def artifact(self, _model, _version):
        return self.files

    def readable(self, _held_out):
        return self.data

    def measure(self, _request, beat):
        beat()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Parts:
    """The parts of one world, by name."""

    def __init__(self, **shares):
        self.shares = Shares(**(shares or {"v1": 100}))
        self.figures = Seen(self.shares)
        self.events, self.releases, self.people = Events(), Releases(), People()
        self.proposals, self.references = Proposals(), References()
        self.policy, self.measurer = POLICIES, Measurer()

    def world(self):
        return World(**vars(self))
