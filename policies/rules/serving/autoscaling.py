"""What must hold for scaling on what happens: a ceiling, a way back from zero, no secret and no open door."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.keda import SCALED_JOB, SCALED_OBJECT, triggers, wakes
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.network.cluster_address import is_inside, parsed
from policies.analysis.secrets.shapes import looks_like_one
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, mapping, number, text

_NEED_NO_CREDENTIALS: Final = frozenset({"cpu", "memory", "cron", "kubernetes-workload"})
_ADDRESSES: Final = ("address", "addresses", "endpoint", "host", "servers", "url")
"""How the keys end that say where a source is (keda.sh, "Scalers", read 2026-11)."""
_OF_THE_OPERATOR: Final = "operator"
"""AWS scalers, identityOwner: KEDA's own role asks."""
_SECRETS: Final = ("password", "token", "apikey", "secretkey", "accesskey", "connectionstring", "connection")
_REFERENCE_ENDS: Final = ("fromenv", "name", "ref")


def _no_ceiling(scaler: Resource, _graph: Graph) -> Iterable[Offence]:
    most = number(at(scaler.inputs, "spec.maxReplicaCount"), "maxReplicaCount")
    least = number(at(scaler.inputs, "spec.minReplicaCount"), "minReplicaCount")
    if most is None:
        yield Offence(path="spec.maxReplicaCount", problem="is not set, and KEDA's own is 100")
    elif least is not None and least > most:
        yield Offence(
            path="spec.minReplicaCount", problem=f"{least:g} is above maxReplicaCount ({most:g})", value=least
        )


def _no_way_back(scaler: Resource, _graph: Graph) -> Iterable[Offence]:
    least = number(at(scaler.inputs, "spec.minReplicaCount"), "minReplicaCount")
    idle = number(at(scaler.inputs, "spec.idleReplicaCount"), "idleReplicaCount")
    if (not least or idle == 0) and not wakes(scaler):
        yield Offence(
            path="spec.idleReplicaCount" if least else "spec.minReplicaCount",
            problem=f"{'0' if least else '0 (or not set)'}, and no trigger sees work while no pod runs",
            value=idle if least else least,
        )


def _unauthenticated(scaler: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, trigger in enumerate(triggers(scaler)):
        path = f"spec.triggers[{index}]"
        kind, what = text(at(trigger, "type"), "type"), mapping(at(trigger, "metadata"), "metadata")
        if flag(known(what.get("unsafeSsl")), "unsafeSsl"):
            yield Offence(
                path=f"{path}.metadata.unsafeSsl",
                problem=f"the {kind} trigger accepts any certificate",
                value=what["unsafeSsl"],
            )
        told = {key: isinstance(said, str) and looks_like_one(said) for key, said in what.items()}
        written = [key for key in what if told[key] or _holds_a_secret(key, what)]
        # What is a credential by its looks is a finding of objects-hold-no-credentials.
        yield from (
            Offence(path=f"{path}.metadata.{key}", problem="a secret stands in plain text")
            for key in written
            if not told[key]
        )
        if written or kind in _NEED_NO_CREDENTIALS or at(trigger, "authenticationRef") is not None:
            continue
        if not _is_local(what, namespace_of(scaler)) and not _has_credentials(what):
            yield Offence(
                path=f"{path}.authenticationRef", problem=f"the {kind} trigger asks without credentials"
            )


def _is_local(metadata: Mapping[str, Any], namespace: str) -> bool:
    named = [key for key in metadata if key.lower().endswith(_ADDRESSES)]
    addresses = [one.strip() for key in named for one in text(known(metadata[key], key), key).split(",")]
    hosts = [parsed(one if "://" in one else f"//{one}").hostname or "" for one in addresses]
    return bool(hosts) and all(is_inside(host, namespace) for host in hosts)


def _has_credentials(metadata: Mapping[str, Any]) -> bool:
    """Whether it asks with the variables of its target's pods, or with the role of the operator."""
    owner = text(known(metadata.get("identityOwner")), "identityOwner")
    return owner == _OF_THE_OPERATOR or any(key.endswith("FromEnv") for key in metadata)


def _holds_a_secret(key: str, metadata: Mapping[str, Any]) -> bool:
    plain = key.lower().replace("_", "").replace("-", "")
    is_secret = plain.endswith(_SECRETS) and not plain.endswith(_REFERENCE_ENDS)
    return is_secret and bool(text(known(metadata[key], key), key))


def _accepts_anything(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "keda":
        return
    webhooks = mapping(at(release.inputs, "values.webhooks"), "values.webhooks")
    if not flag(at(webhooks, "enabled"), "webhooks.enabled", default=True):
        yield Offence(
            path="values.webhooks.enabled", problem="what KEDA would refuse is accepted", value=False
        )
    elif text(at(webhooks, "failurePolicy"), "webhooks.failurePolicy") != "Fail":
        yield Offence(
            path="values.webhooks.failurePolicy",
            problem="what the webhook cannot see is accepted",
            value=at(webhooks, "failurePolicy"),
            expected="Fail",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="scaling-has-a-ceiling",
        severity="high",
        applies_to=(SCALED_OBJECT,),
        why="A trigger that runs away takes a hundred machines before somebody looks.",
        fix="Set maxReplicaCount to what the release and the budget allow.",
        check=_no_ceiling,
    ),
    Rule(
        id="scale-to-zero-has-activation-trigger",
        severity="high",
        aliases=("zero-has-a-way-back",),
        applies_to=(SCALED_OBJECT,),
        why="Processor and memory are those of pods: with none there is nothing to see, and the model stays down.",
        fix="Set minReplicaCount to 1, or add a trigger that counts waiting requests.",
        check=_no_way_back,
    ),
    Rule(
        id="triggers-authenticate",
        severity="high",
        applies_to=(SCALED_OBJECT, SCALED_JOB),
        why="Whoever can answer for the source of a trigger decides how many machines we pay for.",
        fix="Name an authenticationRef, or a source inside the cluster; verify its certificate.",
        check=_unauthenticated,
    ),
    Rule(
        id="wrong-scaling-is-refused",
        severity="high",
        applies_to=(RELEASE,),
        why="Two scalers on one Deployment fight until somebody notices the bill.",
        fix="Leave KEDA's webhooks on, with failurePolicy Fail.",
        check=_accepts_anything,
    ),
)
