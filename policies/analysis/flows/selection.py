"""What a NetworkPolicy selects and lets through: labels, ports, ranges of addresses."""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from policies.engine.values import UndecidedError, at, mapping, number, sequence, text

T = TypeVar("T")


def meets(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector takes in what carries these labels; an empty one takes in everything."""
    read = mapping(selector, "selector")
    wanted = mapping(read.get("matchLabels"), "matchLabels")
    expressions = sequence(read.get("matchExpressions"), "matchExpressions")
    return all(labels.get(k) == v for k, v in wanted.items()) and all(_holds(e, labels) for e in expressions)


class Selecting(Generic[T]):
    """What selects by labels, kept so that who has labels need not ask each: one of its labels leads to it."""

    def __init__(self, listed: Iterable[tuple[T, Any]]) -> None:
        """Of each, what it is and its selector; one that cannot be read is found by everybody, who then says so."""
        there = list(listed)
        self._all = [one for one, _ in there]
        wanted = [_wanted(selector) for _, selector in there]
        times = Counter(pair for pairs in wanted for pair in pairs)
        self._by_label: dict[tuple[str, Any], list[int]] = {}
        self._always: list[int] = []
        for place, pairs in enumerate(wanted):
            # Under its rarest label: nearly all of a namespace share some.
            rarest = min(pairs, key=lambda pair: times[pair], default=None)
            (self._always if rarest is None else self._by_label.setdefault(rarest, [])).append(place)

    def perhaps(self, labels: Mapping[str, Any]) -> Iterator[T]:
        """Those that may take in what carries these labels, in the order given."""
        places = [p for pair in _pairs(labels) for p in self._by_label.get(pair, ())]
        for place in sorted((*places, *self._always)):
            yield self._all[place]

    def compatible(self, labels: Mapping[str, Any]) -> Iterator[T]:
        """Those that may take in what carries these labels and others besides, in the order given."""
        told = dict(_pairs(labels))
        places = [
            place
            for (key, value), there in self._by_label.items()
            if told.get(key, value) == value
            for place in there
        ]
        for place in sorted((*places, *self._always)):
            yield self._all[place]


class Labelled(Generic[T]):
    """What carries labels, kept so that who selects need not ask each."""

    def __init__(self, listed: Iterable[tuple[T, Mapping[str, Any]]]) -> None:
        self._all: list[T] = []
        self._by_label: dict[tuple[str, Any], list[int]] = {}
        for place, (one, labels) in enumerate(listed):
            self._all.append(one)
            for pair in _pairs(labels):
                self._by_label.setdefault(pair, []).append(place)

    def perhaps(self, selector: Any) -> Iterator[T]:
        """Those that a selector may take in, in the order given."""
        found = [self._by_label.get(pair, []) for pair in _wanted(selector)]
        for place in min(found, key=len, default=range(len(self._all))):
            yield self._all[place]


def _wanted(selector: Any) -> list[tuple[str, Any]]:
    try:
        return _pairs(mapping(mapping(selector).get("matchLabels")))
    except UndecidedError:
        return []


def _pairs(labels: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Labels that can be looked up; what is no text is compared by who asks."""
    return [(key, value) for key, value in labels.items() if isinstance(value, str)]


def _holds(expression: Any, labels: Mapping[str, Any]) -> bool:
    said = labels.get(text(at(expression, "key"), "key"))
    values = sequence(at(expression, "values"), "values")
    operator = text(at(expression, "operator"), "operator")
    return {
        "In": said in values,
        "NotIn": said not in values,
        "Exists": said is not None,
        "DoesNotExist": said is None,
    }.get(operator, False)


def network(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A range of addresses.

    Raises:
        UndecidedError: it is none.
    """
    try:
        return ipaddress.ip_network(text(value, "ipBlock.cidr"), strict=False)
    except ValueError:
        raise UndecidedError(f"ipBlock.cidr: {value!r} is no address range") from None


def on_port(rule: Any, wanted: int, protocol: str) -> bool:
    """Whether a rule is for a port; one that is named counts, since names are of pods and may be any number."""
    ports = sequence(at(rule, "ports"), "ports")
    for entry in ports:
        if (text(at(entry, "protocol"), "protocol") or "TCP") != protocol:
            continue
        port = at(entry, "port")
        if port is None or (isinstance(port, str) and not port.isdigit()):
            return True
        first = number(port, "port") or 0
        if first <= wanted <= (number(at(entry, "endPort"), "endPort") or first):
            return True
    return not ports
