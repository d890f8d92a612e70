"""The interruption queue and the permissions of what makes machines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.iam.statements import Statement
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, document, flag, listed, mapping, text

QUEUE: Final = "aws:sqs/queue:Queue"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"

NEEDS_NO_RULE: Final = {
    EVENT_TARGET: "judged with the event rule it belongs to",
}

_SENDER_KEYS: Final = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalorgid"}
)
_ENDS_MACHINES: Final = ("ec2:terminateinstances", "ec2:stopinstances", "ec2:deletelaunchtemplate")


def _statements(policy: Any) -> Iterator[Mapping[str, Any]]:
    """The statements of a document, which IAM lets people write as one or as a list."""
    for statement in listed(at(document(policy), "Statement"), "Statement"):
        yield mapping(statement, "Statement")


def _grants(statement: Mapping[str, Any], *actions: str) -> bool:
    if text(at(statement, "Effect"), "Effect") != "Allow":
        return False
    for action in listed(at(statement, "Action"), "Action"):
        written = text(action, "Action").lower()
        if any(a == written or (written.endswith("*") and a.startswith(written[:-1])) for a in actions):
            return True
    return False


def _condition_keys(statement: Mapping[str, Any]) -> frozenset[str]:
    tests = mapping(at(statement, "Condition"), "Condition")
    return frozenset(
        str(key).lower() for operator in tests for key in mapping(tests[operator], f"Condition.{operator}")
    )


def _place(statement: Mapping[str, Any], index: int, part: str, item: str = "") -> str:
    """Where a part of a statement stands, or one item of it."""
    return Statement(statement, part, f"policy.Statement[{index}]").place(part, item)


def _encrypted(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    # SQS encrypts a new queue with its own keys unless told not to.
    has_key = bool(text(at(resource.inputs, "kmsMasterKeyId")))
    if not has_key and not flag(at(resource.inputs, "sqsManagedSseEnabled"), default=True):
        yield Offence(
            path="sqsManagedSseEnabled",
            problem="encryption is switched off",
            value=at(resource.inputs, "sqsManagedSseEnabled"),
        )


def _refuses_plain_transport(policy: Any) -> bool:
    for statement in _statements(policy):
        if text(at(statement, "Effect"), "Effect") != "Deny":
            continue
        for operator, keys in mapping(at(statement, "Condition"), "Condition").items():
            for key, value in mapping(keys, "Condition").items():
                values = {str(v).lower() for v in listed(value, "Condition")}
                is_transport = str(key).lower() == "aws:securetransport" and values == {"false"}
                if is_transport and str(operator).lower() in {"bool", "boolifexists"}:
                    return True
    return False


def _encrypted_transport(resource: Resource, graph: Graph) -> Iterator[Offence]:
    policies = [at(resource.inputs, "policy")]
    policies += [at(p.inputs, "policy") for p in graph.referring(resource, QUEUE_POLICY, "queueUrl")]
    if not any([_refuses_plain_transport(policy) for policy in policies]):  # noqa: C419 an unknown one must be read
        yield Offence(path="policy", problem="no policy refuses requests without TLS")


def _named_senders(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    for index, statement in enumerate(_statements(at(resource.inputs, "policy"))):
        if text(at(statement, "Effect"), "Effect") != "Allow" or _condition_keys(statement) & _SENDER_KEYS:
            continue
        principal = at(statement, "Principal")
        kinds = {"AWS": principal} if isinstance(principal, str) else mapping(principal, "Principal")
        for kind, names in kinds.items():
            for name in listed(names, "Principal"):
                if kind == "Service" or name == "*":
                    who = "anybody" if name == "*" else f"{name} on behalf of any account"
                    place = _place(statement, index, f"Principal.{kind}", name)
                    if isinstance(principal, str):
                        place = _place(statement, index, "Principal")
                    yield Offence(path=place, problem=f"open to {who}", value=name)


def _delivered(resource: Resource, graph: Graph) -> Iterator[Offence]:
    state = text(at(resource.inputs, "state"))
    if state == "DISABLED" or (not state and not flag(at(resource.inputs, "isEnabled"), default=True)):
        path = "state" if state else "isEnabled"
        yield Offence(path=path, problem="the rule is disabled", value=at(resource.inputs, path))
    if not graph.referring(resource, EVENT_TARGET, "rule"):
        yield Offence(path="", problem="reaches no target")


def _resources(statement: Mapping[str, Any]) -> Sequence[str]:
    return [text(r, "Resource") for r in listed(at(statement, "Resource"), "Resource")]


def _passed_roles(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    for index, statement in enumerate(_statements(at(resource.inputs, "policy"))):
        if not _grants(statement, "iam:passrole"):
            continue
        for role in _resources(statement):
            if "*" in role.rpartition(":")[2].rpartition("/")[2] or role == "*":
                place = _place(statement, index, "Resource", role)
                yield Offence(path=place, problem=f"iam:PassRole on {role}", value=role)
        if "iam:passedtoservice" not in _condition_keys(statement):
            yield Offence(path=_place(statement, index, "Condition"), problem="iam:PassRole to any service")


def _ended_by_tag(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    for index, statement in enumerate(_statements(at(resource.inputs, "policy"))):
        if not _grants(statement, *_ENDS_MACHINES):
            continue
        keys = _condition_keys(statement)
        is_tagged = any(key.startswith(("aws:resourcetag/", "ec2:resourcetag/")) for key in keys)
        if not is_tagged and any("*" in name for name in _resources(statement)):
            yield Offence(
                path=_place(statement, index, "Condition"), problem="may end machines whatever their tags"
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="queues-are-encrypted",
        severity="medium",
        applies_to=(QUEUE,),
        why="Messages name instances and accounts, and rest on disks of a shared service.",
        fix="Leave sqsManagedSseEnabled on, or name a KMS key in kmsMasterKeyId.",
        check=_encrypted,
    ),
    Rule(
        id="queue-senders-are-named",
        severity="medium",
        applies_to=(QUEUE, QUEUE_POLICY),
        why="A service may act for any account that asks it to: a forged interruption drains a node.",
        fix="Narrow each service or * principal by aws:SourceArn, aws:SourceAccount or aws:SourceOrgID.",
        check=_named_senders,
        same_as=("CKV_AWS_168", "CKV_AWS_387"),
    ),
    Rule(
        id="event-rules-reach-a-target",
        severity="high",
        applies_to=(EVENT_RULE,),
        why="Without delivery an interruption warning is lost and a model's node ends without a drain.",
        fix="Leave the rule enabled and declare an EventTarget for it.",
        check=_delivered,
        reads_graph=True,
    ),
    Rule(
        id="passed-roles-are-named",
        severity="high",
        applies_to=(ROLE_POLICY,),
        why="Who may pass any role to a machine he makes has the permissions of every role.",
        fix="Name the roles in Resource and the service in iam:PassedToService.",
        check=_passed_roles,
    ),
    Rule(
        id="machines-are-ended-by-tag",
        severity="high",
        applies_to=(ROLE_POLICY,),
        why="A controller that goes wrong must not end machines of other clusters in the account.",
        fix="Condition the statement on aws:ResourceTag, for example kubernetes.io/cluster/<name>: owned.",
        check=_ended_by_tag,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="queues-refuse-plain-transport",
        severity="medium",
        applies_to=(QUEUE,),
        why="SQS answers plain HTTP unless a policy refuses it.",
        fix='In the queue\'s policy, deny sqs:* to every principal where aws:SecureTransport is "false".',
        check=_encrypted_transport,
        reads_graph=True,
    ),
)
