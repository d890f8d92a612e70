"""The parts that settings describe: a mind or a gate, never both."""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from temporalio import activity

from runtime.loops.agents.bucket_store import BucketStore, s3_client
from runtime.loops.agents.database import Database
from runtime.loops.agents.gate import Gate
from runtime.loops.agents.guard import Rules
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.ledger import Ledger
from runtime.loops.agents.records import FolderAgents
from runtime.loops.agents.settings import ActingSettings, AgentSettings, GatewaySettings
from runtime.loops.agents.store import FolderStore, StorePort
from runtime.loops.agents.thinking import Gateway, Mind
from runtime.loops.agents.tools import Caller, HttpTools, Tools
from runtime.loops.agents.traces import OFF, Traces, exported
from runtime.loops.events.signing import KeyFile
from runtime.loops.people.statements import known_keys
from runtime.loops.policy.cedar import CedarPolicies
from runtime.loops.settings import LoopsError


def engine_time() -> float:
    """Of the engine where an activity runs, so that all workers of an agent have one clock."""
    return activity.info().started_time.timestamp() if activity.in_activity() else time.time()


def store_of(settings: AgentSettings) -> StorePort:
    """Where the texts of this agent's runs lie."""
    if settings.bucket is None:
        return FolderStore(Path(settings.store))
    agents = FolderAgents(Path(settings.releases))
    known = agents.known(settings.agent, settings.version, _day()).agent
    return BucketStore(
        client=s3_client(settings.bucket.region),
        bucket=settings.bucket.name,
        agent=settings.agent,
        classes=sorted(known.memory.retention_days),
    )


def traces_of(settings: AgentSettings) -> tuple[Traces, Callable[[], None]]:
    """Where spans of this part go, and what sends the last of them."""
    if settings.traces is None:
        return OFF, lambda: None
    agent = FolderAgents(Path(settings.releases)).known(settings.agent, settings.version, _day()).agent
    return exported(
        settings.traces,
        {
            "service.name": f"agent-{settings.agent}",
            "service.version": settings.version,
            "service.namespace": "slipway",
            "deployment.environment.name": settings.environment,
            "slipway.part": settings.part,
            # Traces are kept by class, as those of models are.
            "slipway.data_class": agent.data_class,
        },
    )


def mind_of(settings: AgentSettings, gateway: GatewaySettings, traces: Traces = OFF) -> Mind:
    """What reasoning and planning work with."""
    agents = FolderAgents(Path(settings.releases))
    model = agents.known(settings.agent, settings.version, _day()).agent.model.name
    token = Path(gateway.token)
    return Mind(
        agents=agents,
        store=store_of(settings),
        thinker=Gateway(
            gateway.address,
            model,
            # Read every time: tokens of workloads are renewed where they lie.
            lambda: token.read_text(encoding="ascii").strip(),
            hostname=gateway.hostname,
            context=_trusting(gateway.authority),
        ),
        now=engine_time,
        traces=traces,
    )


def gate_of(
    settings: AgentSettings, acting: ActingSettings, callers: Mapping[str, Caller], traces: Traces = OFF
) -> Gate:
    """The gate, once policies, keys and records are in order.

    Raises:
        LoopsError: they are not; all of it at once.
    """
    problems: list[str] = []
    found: dict[str, Any] = {}
    for name, make in (
        ("policy", lambda: CedarPolicies.load(Path(acting.policies))),
        ("people", lambda: known_keys(Path(acting.keys))),
        ("signer", lambda: KeyFile.load(Path(acting.key))),
        (
            "known",
            lambda: FolderAgents(Path(settings.releases)).known(settings.agent, settings.version, _day()),
        ),
    ):
        try:
            found[name] = make()
        except (ValueError, LookupError) as error:
            problems.extend(str(error).splitlines())
    if "known" in found:
        missing = {
            tool.identity for tool in found["known"].agent.tools.values() if "run://" not in tool.reaches
        }
        problems += [
            f"acting.identities: {acting.identities} holds no token of {name}"
            for name in sorted(missing)
            if not (Path(acting.identities) / name).is_file()
        ]
    if problems:
        raise LoopsError(f"{settings.agent} {settings.version} cannot act:", problems)
    database = Database(Path(acting.database))
    journal = Journal(database, found["signer"])
    http = HttpTools(Path(acting.identities))
    return Gate(
        agents=FolderAgents(Path(settings.releases)),
        policy=found["policy"],
        people=found["people"],
        store=store_of(settings),
        database=database,
        journal=journal,
        ledger=Ledger(database),
        tools=Tools(journal, {"http": http, "https": http, **callers}),
        guard=Rules(),
        now=engine_time,
        traces=traces,
    )


def _trusting(authority: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority or None)
    except (OSError, ssl.SSLError) as error:
        raise LoopsError(f"gateway.authority: {authority} cannot be read: {error}") from None


def _day() -> date:
    return datetime.now(UTC).date()
