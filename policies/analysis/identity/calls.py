"""Whether a call is allowed end to end, and which link refuses it where it is not.

What the request does not carry is not there: a permission that asks for it does not hold, as in the account. Where
a request comes from and how it is signed is not known here; what depends on it is no refusal.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.analysis.iam.conditions import ALWAYS_THERE, NEGATIVE, Condition, substituted, widened
from policies.analysis.iam.patterns import covers, overlap
from policies.analysis.iam.statements import Statement, statements
from policies.analysis.identity.programs import Request, Use
from policies.analysis.storage.bucket_parts import BUCKET_POLICY
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError, known, text

_NOT_KNOWN: Final = ("aws:sourceip", "aws:sourcevpc", "aws:vpcsource", "aws:principalorg", "aws:resourceorg",
                     "s3:tlsversion", "s3:signature", "aws:tokenissuetime", "aws:calledvia")  # fmt: skip
_POD_TAGS: Final = frozenset(
    f"aws:principaltag/{name}"
    for name in ("eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account")
)
"""What EKS tags a pod's session with, unless the association says not to; other tags may be the role's own."""
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_ACTIONS: Final = {"aps-workspaces": "aps"}
"""Services whose actions are called otherwise than their endpoint."""
_LAYERS: Final = ("the role's policies", "its boundary", "its session policy")


def refusal(use: Use, request: Request, graph: Graph) -> str | None:
    """The link that refuses a call; nothing where none in view does.

    Raises:
        UndecidedError: a document of the identity cannot be read.
    """
    context = {**_resource_tags(request, graph), **_context(use, request)}
    grants, link = _by_resource(use, request, context, graph)
    if link:
        return link
    if use.identity.missing:
        raise UndecidedError("; ".join(use.identity.missing))
    for name, layer in zip(_names(use), use.identity.layers, strict=True):
        is_own = name == _LAYERS[0]
        if is_own and (use.identity.elsewhere or grants == "by name"):
            answer = _denied(layer, request, context)
        else:
            answer = _denied(layer, request, context) or _not_allowed(layer, request, context)
        if answer:
            return f"{name}: {answer}"
    return _by_endpoint(request, context, graph)


def _names(use: Use) -> tuple[str, ...]:
    """What the layers of an identity are called: its own policies, then boundary and session policy where there are."""
    count = len(use.identity.layers)
    has_session = use.identity.holder is not None and bool(use.identity.holder.inputs.get("policy"))
    if count == len(_LAYERS):
        return _LAYERS
    return (_LAYERS[0], _LAYERS[2] if has_session else _LAYERS[1])[:count]


def _context(use: Use, request: Request) -> dict[str, str]:
    account = next(iter(use.names.get("account", ())), "")
    region = next(iter(use.names.get("region", ())), "")
    owner = request.resource.split(":", 5)[4:5]
    return {
        **use.identity.context,
        "aws:principalarn": use.role_arn,
        "aws:principalaccount": account,
        "aws:resourceaccount": (owner and owner[0]) or account,
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        "aws:requestedregion": region,
        "kms:calleraccount": account,
        **request.context,
    }


def _resource_tags(request: Request, graph: Graph) -> dict[str, str]:
    """The tags of what is in view and called by its ARN."""
    found = graph.once(_tagged).get(request.resource, {})
    return {f"aws:resourcetag/{key}".lower(): value for key, value in found.items() if isinstance(value, str)}


def _tagged(graph: Graph) -> Mapping[str, Mapping[str, object]]:
    told = ((r.outputs.get("arn"), r.inputs.get("tags")) for r in graph)
    return {arn: tags for arn, tags in told if isinstance(arn, str) and isinstance(tags, Mapping)}


def _by_resource(
    use: Use, request: Request, context: Mapping[str, str], graph: Graph
) -> tuple[str, str | None]:
    """What the policy of the bucket or the key says: whether it lets the role in by name, and whether it refuses."""
    by_name = ""
    for policy, label, must_allow in _resource_policies(request, graph):
        allowed = ""
        for statement in policy:
            if not _concerns(statement, use) or not _is_about(statement, request, context):
                continue
            held = _holds(statement, context)
            if not statement.allows and held:
                return "", f"{label}: denied ({statement.name})"
            if statement.allows and held is not False:
                allowed = (
                    "by name" if use.role_arn in statement.principals("AWS") else allowed or "by account"
                )
        if must_allow and not allowed:
            return "", f"{label}: not allowed"
        by_name = by_name or allowed
    return by_name, None


def _resource_policies(request: Request, graph: Graph) -> Iterator[tuple[list[Statement], str, bool]]:
    if request.action.startswith("kms:"):
        for key in graph.of_type("aws:kms/key:Key"):
            if request.resource in key.known_as and "policy" in key.inputs:
                yield list(statements(key.inputs["policy"])), f"the policy of key {key.name}", True
    elif request.action.startswith("s3:"):
        for policy in graph.of_type(BUCKET_POLICY):
            bucket = text(known(policy.inputs.get("bucket"), "bucket"), "bucket")
            if request.resource.split(":::", 1)[-1].split("/", 1)[0] == bucket:
                yield list(statements(policy.inputs.get("policy"))), f"the policy of bucket {bucket}", False


def _by_endpoint(request: Request, context: Mapping[str, str], graph: Graph) -> str | None:
    """What the endpoint of the service in the VPC says, where there is one with a policy."""
    service = request.action.partition(":")[0]
    if any(key.startswith("kms:viaservice") for key in request.context):
        return None  # S3 asks the key, from where it stands
    for endpoint in graph.of_type(_ENDPOINT):
        name = text(endpoint.inputs.get("serviceName"), "serviceName")
        if _ACTIONS.get(of := name.rpartition(".")[2], of) == service and endpoint.inputs.get("policy"):
            policy = list(statements(endpoint.inputs["policy"]))
            said = _denied(policy, request, context) or _not_allowed(policy, request, context)
            if said:
                return f"the endpoint {endpoint.name}: {said}"
    return None


def _denied(layer: Sequence[Statement], request: Request, context: Mapping[str, str]) -> str:
    for statement in layer:
        if not statement.allows and _is_about(statement, request, context) and _holds(statement, context):
            return f"denied ({statement.name})"
    return ""


def _not_allowed(layer: Sequence[Statement], request: Request, context: Mapping[str, str]) -> str:
    about = [s for s in layer if s.allows and _is_about(s, request, context)]
    if any(_holds(statement, context) is not False for statement in about):
        return ""
    if about:
        return f"allowed only under a condition that the call does not meet ({about[0].name})"
    return "not allowed"


def _concerns(statement: Statement, use: Use) -> bool:
    account = use.role_arn.split(":", 5)[4] if use.role_arn.count(":") >= 5 else ""  # noqa: PLR2004 arn to resource
    said = statement.principals("AWS")
    return statement.is_for_everyone or any(
        p in {use.role_arn, account} or (p.endswith(":root") and p.split(":")[4:5] == [account]) for p in said
    )


def _is_about(statement: Statement, request: Request, context: Mapping[str, str]) -> bool:
    if not statement.takes(request.action):
        return False

    def read(pattern: str) -> str:
        found = substituted(pattern, context)
        return widened(found) if statement.allows and not _names_no_pod(found) else found

    if statement.not_resources is not None:
        return not any(overlap(read(p), request.resource) for p in statement.not_resources)
    return not statement.resources or any(covers(read(p), request.resource) for p in statement.resources)


def _holds(statement: Statement, context: Mapping[str, str]) -> bool | None:
    said = [_passes(condition, context) for condition in statement.conditions]
    return False if False in said else None if None in said else True


def _passes(condition: Condition, context: Mapping[str, str]) -> bool | None:
    if condition.key in context:
        if all(_names_no_pod(substituted(value, context)) for value in condition.values):
            return condition.operator in NEGATIVE
        return condition.holds(context)
    is_own_tag = condition.key.startswith("aws:principaltag/") and condition.key not in _POD_TAGS
    if is_own_tag or condition.key in ALWAYS_THERE or condition.key.startswith(_NOT_KNOWN):
        return None
    return condition.holds_where_absent


def _names_no_pod(value: str) -> bool:
    """Whether a value asks for a tag that the session does not have: IAM matches nothing with it."""
    return any(f"${{{tag}}}" in value.lower() for tag in _POD_TAGS)
