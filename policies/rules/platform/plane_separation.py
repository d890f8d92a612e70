"""What must hold between the planes: who steers reads no payloads, and who serves changes no routing and no policy."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.iam.effective import grants
from policies.analysis.iam.identities import ASSOCIATION, ROLE, Identity, identities
from policies.analysis.iam.statements import statements
from policies.analysis.kserve.objects import INFERENCE_SERVICE, components
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.mesh.objects import MODEL_KINDS
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_a_part
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, known, mapping, sequence, text

_NAMESPACE_KEY: Final = "aws:requesttag/kubernetes-namespace"
_POD: Final = "system:serviceaccount:"
_MODELS: Final = "models"
"""The platform's own namespace of models, in stacks that run none."""
_STEERING: Final = frozenset({
    "argocd", "cert-manager", "envoy-ai-gateway-system", "envoy-gateway-system", "external-dns", "flux-system",
    "istio-system", "karpenter", "keda", "knative-serving", "kserve", "kube-system", "kyverno", "lws-system",
})  # fmt: skip
"""Where the controllers of this field live by their own charts' defaults (read 2026-11)."""
_BUCKET: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")

_AWS_CHANGES: Final = (
    *(f"iam:{verb}*" for verb in ("Add", "Attach", "Create", "Delete", "Detach", "Put", "Set", "Update")),
    *(f"eks:{verb}*" for verb in ("Associate", "Create", "Delete", "Disassociate", "Update")),
    *(f"ec2:{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")),
    *(f"ec2:{verb}Route" for verb in ("Create", "Delete", "Replace")),
    *(f"ec2:{verb}NetworkAclEntry" for verb in ("Create", "Delete", "Replace")),
    *(f"elasticloadbalancing:{verb}*" for verb in ("Create", "Delete", "Modify", "Set")),
    "ecr:SetRepositoryPolicy", "kms:CreateGrant", "kms:PutKeyPolicy", "route53:ChangeResourceRecordSets",
    "s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
    "s3:PutLifecycleConfiguration", "secretsmanager:PutResourcePolicy", "wafv2:Update*",
)  # fmt: skip
_CHANGES: Final = frozenset(
    {"create", "update", "patch", "delete", "deletecollection", "bind", "escalate", "*"}
)
_DECIDES: Final = frozenset({
    "admissionregistration.k8s.io", "aigateway.envoyproxy.io", "gateway.envoyproxy.io", "gateway.networking.k8s.io",
    "inference.networking.k8s.io", "inference.networking.x-k8s.io", "keda.sh", "networking.istio.io",
    "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "security.istio.io", "serving.kserve.io", "*",
})  # fmt: skip
"""API groups whose objects say where requests go, who may send them, and what runs."""
_CORE_DECIDES: Final = frozenset(
    {"configmaps", "endpoints", "namespaces", "resourcequotas", "secrets", "serviceaccounts", "services", "*"}
)
_WIDE_ROLES: Final = frozenset({"admin", "cluster-admin", "edit"})
_BINDINGS: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
)
_KUBERNETES_ROLES: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
)


def _by_urn(graph: Graph) -> Mapping[str, Identity]:
    return {i.holder.urn: i for i in identities(graph) if i.holder is not None}


def _namespaces_of_models(graph: Graph) -> frozenset[str]:
    return frozenset({_MODELS}) | _namespaces_with_models(graph)


def _namespaces_with_models(graph: Graph) -> frozenset[str]:
    return frozenset(namespace_of(model) for model in graph.of_type(*MODEL_KINDS))


def _for_namespaces(role: Resource, graph: Graph) -> set[str]:
    """The namespaces whose pods a role is for, by its trust policy and by who is associated with it."""
    found = {text(at(one.inputs, "namespace")) for one in graph.referring(role, ASSOCIATION, "roleArn")}
    for statement in statements(at(role.inputs, "assumeRolePolicy"), "assumeRolePolicy"):
        for condition in statement.pinned() if statement.allows else ():
            if condition.key == _NAMESPACE_KEY:
                found.update(condition.values)
            if condition.key.endswith(":sub"):
                pods = (v.removeprefix(_POD) for v in condition.values if v.startswith(_POD))
                found.update(pod.partition(":")[0] for pod in pods)
    return found


def _payload_buckets(graph: Graph) -> frozenset[str]:
    """Buckets that loggers name, and those whose names say that they hold payloads."""
    named = {
        text(at(part, "logger.url")).removeprefix("s3://").partition("/")[0]
        for service in graph.of_type(*INFERENCE_SERVICE)
        for _, part in components(service)
        if text(at(part, "logger.url")).startswith("s3://")
    }
    declared = {b.inputs.get("bucket") or b.outputs.get("bucket") or b.id for b in graph.of_type(*_BUCKET)}
    return frozenset({*named, *(b for b in declared if isinstance(b, str) and "payload" in b)})


def _reads_payloads(role: Resource, graph: Graph) -> Iterable[Offence]:
    steering = sorted(_for_namespaces(role, graph) & _STEERING)
    if not steering:
        return
    identity = graph.once(_by_urn)[role.urn]
    for bucket in sorted(graph.once(_payload_buckets)):
        for grant in grants(identity, "s3:GetObject*", f"arn:aws:s3:::{bucket}/*"):
            yield Offence(
                path="", problem=f"pods of {', '.join(steering)} may {grant.action} on {grant.resource}"
            )
    _defer(identity)


def _changes_aws(role: Resource, graph: Graph) -> Iterable[Offence]:
    serving = sorted(_for_namespaces(role, graph) & graph.once(_namespaces_of_models))
    if not serving:
        return
    identity = graph.once(_by_urn)[role.urn]
    for action in _AWS_CHANGES:
        for grant in grants(identity, action):
            yield Offence(
                path="", problem=f"pods of {', '.join(serving)} may {grant.action} on {grant.resource}"
            )
    _defer(identity)


def _defer(identity: Identity) -> None:
    if identity.missing:
        raise UndecidedError(identity.missing[0])


def _changes_cluster(binding: Resource, graph: Graph) -> Iterable[Offence]:
    # What others call models in their manifests may hold anything: there, only what runs a model counts.
    served = graph.once(_namespaces_with_models if binding.source else _namespaces_of_models)
    serving = sorted({subject for subject in _subjects(binding) if subject in served})
    if not serving:
        return
    who = f"pods of {', '.join(serving)}"
    ref = mapping(at(binding.inputs, "roleRef"), "roleRef")
    name = text(ref.get("name"), "roleRef.name")
    if ref.get("kind") == "ClusterRole" and name in _WIDE_ROLES:
        yield Offence(path="roleRef.name", problem=f"{who} have the role {name}", value=name)
        return
    role = _role(binding, text(ref.get("kind"), "roleRef.kind"), name, graph)
    if role is None:
        return
    rules = sequence(at(role.inputs, "rules"), "rules")
    yield from every(partial(_decisive, rule, who, name) for rule in rules)


def _subjects(binding: Resource) -> Iterator[str]:
    """The namespaces whose service accounts a binding is for."""
    for subject in sequence(at(binding.inputs, "subjects"), "subjects"):
        kind, name = text(at(subject, "kind"), "kind"), text(at(subject, "name"), "name")
        if kind == "ServiceAccount":
            yield text(at(subject, "namespace"), "namespace") or namespace_of(binding)
        elif kind == "Group" and name.startswith("system:serviceaccounts:"):
            yield name.removeprefix("system:serviceaccounts:")


def _role(binding: Resource, kind: str, name: str, graph: Graph) -> Resource | None:
    """The role of a binding; none where a file without it is a part of what is applied."""
    for role in graph.of_type(*_KUBERNETES_ROLES):
        is_there = kind == "ClusterRole" or namespace_of(role) == namespace_of(binding)
        if role.type.endswith(f":{kind}") and at(role.inputs, "metadata.name") == name and is_there:
            return role
    if is_a_part(binding, ()):
        return None
    raise UndecidedError(f"what the {kind} {name} allows is not here")


def _decisive(rule: Any, who: str, role: str) -> Iterable[Offence]:
    verbs = {text(known(v)) for v in sequence(at(rule, "verbs"), "verbs")} & _CHANGES
    groups = {text(known(g)) for g in sequence(at(rule, "apiGroups"), "apiGroups")}
    kinds = {text(known(k)).partition("/")[0] for k in sequence(at(rule, "resources"), "resources")}
    decisive = groups & _DECIDES or ("" in groups and kinds & _CORE_DECIDES)
    if verbs and decisive:
        where = ", ".join(sorted(f"{kind}.{group}" if group else kind for kind in kinds for group in groups))
        yield Offence(
            path="roleRef.name", problem=f"{who} may {', '.join(sorted(verbs))} {where}", value=role
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="control-plane-reads-no-payloads",
        severity="high",
        aliases=("controllers-read-no-payloads",),
        applies_to=(ROLE,),
        why="A controller is in every request's way to everything; what people asked is none of its business.",
        fix="Take the payload bucket out of the role; who analyses payloads has an account and a namespace for it.",
        check=_reads_payloads,
        reads_graph=True,
    ),
    Rule(
        id="models-change-no-policy-of-the-account",
        severity="high",
        applies_to=(ROLE,),
        why="A model runs what others trained and answers to strangers: it must not open its own way out.",
        fix="Take the action out of the role of the models' service accounts.",
        check=_changes_aws,
        reads_graph=True,
    ),
    Rule(
        id="models-change-no-routing-or-policy",
        severity="high",
        applies_to=_BINDINGS,
        why="A model that may write routes, policies or workloads decides who reaches it and what it becomes.",
        fix="Bind the models' service accounts to nothing, or to a Role that only reads.",
        check=_changes_cluster,
        reads_graph=True,
    ),
)
