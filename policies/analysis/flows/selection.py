"""What a NetworkPolicy selects and lets through: labels, ports, ranges of addresses."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from policies.engine.values import UndecidedError, at, mapping, number, sequence, text


def meets(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector takes in what carries these labels; an empty one takes in everything."""
    read = mapping(selector, "selector")
    wanted = mapping(read.get("matchLabels"), "matchLabels")
    expressions = sequence(read.get("matchExpressions"), "matchExpressions")
    return all(labels.get(k) == v for k, v in wanted.items()) and all(_holds(e, labels) for e in expressions)


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
