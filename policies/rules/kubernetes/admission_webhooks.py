"""What must hold for admission webhooks: they fail closed, are asked encrypted, and stand in the cluster."""

import ipaddress
from collections.abc import Iterable
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_ADMISSION: Final = "kubernetes:admissionregistration.k8s.io/"
_VALIDATES: Final = ":ValidatingWebhookConfiguration"
VALIDATING: Final = f"{_ADMISSION}v1{_VALIDATES}"
WEBHOOKS: Final = tuple(
    f"{_ADMISSION}{version}{kind}"
    for version in ("v1", "v1beta1")
    for kind in (_VALIDATES, ":MutatingWebhookConfiguration")
)
_INSIDE: Final = (".svc", ".cluster.local", "localhost")


def _webhooks(configuration: Resource, _graph: Graph) -> Iterable[Offence]:
    hooks = sequence(at(configuration.inputs, "webhooks"), "webhooks")
    validates = configuration.type.endswith(_VALIDATES)
    return every(partial(_hook_problems, index, hook, validates) for index, hook in enumerate(hooks))


def _hook_problems(index: int, hook: Any, validates: bool) -> Iterable[Offence]:
    name = text(at(hook, "name"), "webhooks.name")
    url = text(at(hook, "clientConfig.url"), "clientConfig.url")
    if url.lower().startswith("http://"):
        yield Offence(
            path=f"webhooks[{index}].clientConfig.url", problem=f"{name} is asked in plain text", value=url
        )
    if validates and text(at(hook, "failurePolicy"), "failurePolicy") == "Ignore":
        yield Offence(
            path=f"webhooks[{index}].failurePolicy",
            problem=f"what {name} refuses passes while it is down",
            value="Ignore",
            expected="Fail",
        )


def _asks_outside(hooks: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, hook in enumerate(sequence(at(hooks.inputs, "webhooks"), "webhooks")):
        url = text(at(hook, "clientConfig.url"), "clientConfig.url")
        if url and not _is_inside(url):
            name = text(at(hook, "name"), "webhooks.name")
            yield Offence(
                path=f"webhooks[{index}].clientConfig.url",
                problem=f"every object that {name} selects is sent out of the cluster",
                value=url,
                expected="clientConfig.service",
            )


def _is_inside(url: str) -> bool:
    host = (urlsplit(url).hostname or "") if "[" not in url else url.partition("[")[2].partition("]")[0]
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith(_INSIDE)


RULES: tuple[Rule, ...] = (
    Rule(
        id="admission-webhooks-fail-closed",
        severity="high",
        applies_to=WEBHOOKS,
        why="Whoever can take the webhook down, or sit on its wire, decides what the cluster accepts.",
        fix="Set failurePolicy: Fail and leave out the namespaces it must not block; ask by service or https.",
        check=_webhooks,
    ),
    Rule(
        id="admission-webhooks-are-asked-inside",
        severity="high",
        applies_to=WEBHOOKS,
        why="An address outside reads what is created, Secrets too, and may rewrite it.",
        fix="Run the webhook in the cluster and name its Service.",
        check=_asks_outside,
    ),
)
