"""A request's way: who calls, the load balancer, the gateways, the models."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gate.report.callers import NOBODY
from gate.report.picture.reading import Seen, counted, many, said, some, words
from gate.report.picture.scene import Box
from gate.report.report import Exposure
from gate.report.served import ServedModel, ServedVersion
from policies.analysis.gateway.objects import (
    AI_ROUTES,
    GATEWAYS,
    PROXY,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
    is_inside_only,
    is_internal,
    proxy_service,
)
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Resource
from policies.engine.values import UndecidedError

BALANCER: Final = "load balancer"
_MODEL: Final = "model "
_LONG: Final = re.compile(r"\d{4,}")


def callers(exposures: Sequence[Exposure]) -> list[Box]:
    """Whoever a model's list names, with what they may call and how much."""
    asks: dict[str, list[str]] = {}
    for way in exposures:
        if not way.caller or way.caller == NOBODY or not way.what.startswith(_MODEL):
            continue
        if way.source.startswith("callers of "):
            continue
        asks.setdefault(way.source, []).append(f"calls {way.what.removeprefix(_MODEL)}")
        asks[way.source].extend(_LONG.sub(_grouped, part) for part in way.detail.split(" and "))
    return [
        Box(
            id=f"caller {name}",
            title=name.partition(" (")[0],
            lines=tuple(lines),
            role="caller",
            link="#flows",
        )
        for name, lines in sorted(asks.items())
    ]


def _grouped(found: re.Match[str]) -> str:
    """A long number as people read it."""
    return f"{int(found[0]):,}"


def gateways(seen: Seen) -> tuple[list[Resource], list[Resource]]:
    """The gateways that something outside the cluster reaches, and those inside only."""
    outer: list[Resource] = []
    inner: list[Resource] = []
    for gateway in seen.whole.of_type(*GATEWAYS):
        try:
            (inner if is_inside_only(gateway, seen.whole) else outer).append(gateway)
        except UndecidedError:
            outer.append(gateway)
    return outer, inner


def balancer(edge: Resource, seen: Seen, place: str) -> Box:
    """The load balancer in front of a gateway: which kind, and whom it lets in."""
    try:
        service = proxy_service(edge, seen.whole) or {}
        is_private = is_internal(service, some(service, "annotations"))
    except UndecidedError:
        service, is_private = {}, False
    ranges = [str(one) for one in many(service, "loadBalancerSourceRanges")]
    kind = "internal" if is_private else "public" if service else "not known whether public"
    return Box(
        id=BALANCER,
        title="Load balancer",
        lines=(kind, f"lets in {', '.join(ranges) or 'any address'}") if service else (kind,),
        role="balancer",
        place=place,
        link="#flows",
        is_above=seen.is_above(edge),
    )


def gateway_box(gateway: Resource, seen: Seen, *, is_edge: bool) -> Box:
    """A gateway with what it does, as far as its policies say it."""
    return Box(
        id=gateway_id(gateway),
        title="Edge gateway" if is_edge else "Inner gateway",
        lines=tuple(_does(gateway, seen, is_edge=is_edge)),
        role="gateway",
        place=f"namespace {namespace_of(gateway)}",
        link="#flows",
        is_above=seen.is_above(gateway),
    )


def gateway_id(gateway: Resource) -> str:
    """How a picture tells one gateway from others."""
    return f"gateway {namespace_of(gateway)}/{name_of(gateway)}"


def _does(gateway: Resource, seen: Seen, *, is_edge: bool) -> Iterator[str]:
    proxy = words(gateway.inputs, "spec.infrastructure.parametersRef.name")
    for found in seen.whole.of_type(PROXY):
        if (name_of(found), namespace_of(found)) == (proxy, namespace_of(gateway)):
            replicas = said(found.inputs, "spec.provider.kubernetes.envoyDeployment.replicas")
            if isinstance(replicas, int):
                yield counted(replicas, "Envoy proxy", "Envoy proxies")
    listeners = many(gateway.inputs, "spec.listeners")
    if is_edge and any(words(one, "protocol") == "HTTPS" for one in listeners):
        yield "ends TLS"
    namespace = namespace_of(gateway)
    about = [p for p in seen.whole.of_type(SECURITY_POLICY) if namespace_of(p) == namespace]
    if any(some(p.inputs, "spec.jwt") for p in about):
        yield "checks the token"
    if any(some(p.inputs, "spec.authorization") for p in about):
        yield "checks who may call which model"
    if any(
        namespace_of(p) == namespace and some(p.inputs, "spec.rateLimit")
        for p in seen.whole.of_type(TRAFFIC_POLICY)
    ):
        yield "counts requests and tokens" if is_edge else "counts requests"
    if is_edge and seen.whole.of_type(*AI_ROUTES):
        yield "AI gateway: reads which model is asked for"
    if not is_edge:
        yield "takes only what the edge sends"


def model_box(model: ServedModel, place: str) -> Box:
    """A model: what runs it, and each version's share, replicas and pool."""
    needs = model.promised.loaded.release.needs
    return Box(
        id=f"model {model.model}",
        title=model.model,
        lines=(f"{needs.task.replace('-', ' ')} on {needs.engine}", *map(_version, model.versions)),
        role="model",
        place=place,
        link=f"models/{model.model}.html",
    )


def _version(version: ServedVersion) -> str:
    replicas = (
        counted(version.least, "replica")
        if version.least == version.most
        else f"{version.least} to {version.most} replicas"
    )
    return f"{version.version}: {version.share} %, {replicas}, pool {version.pool}"
