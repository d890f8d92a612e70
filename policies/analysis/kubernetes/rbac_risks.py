"""Rights in the Kubernetes API that lead to more than was given."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Danger:
    """Verbs on kinds that lead to more than was given; ``|`` parts the API groups that have them."""

    group: str
    kinds: tuple[str, ...]
    verbs: frozenset[str]
    leads_to: str
    only_whole_cluster: bool = False


READ: Final = frozenset({"get", "list", "watch"})
_WRITE: Final = frozenset({"create", "update", "patch"})
CHANGE: Final = frozenset({"update", "patch"})
_DELETE: Final = frozenset({"delete", "deletecollection"})
_OPEN: Final = _WRITE | {"get"}
_AUTHORITY: Final = "rbac.authorization.k8s.io"
_SIGNING: Final = "certificates.k8s.io"
_HOOKS: Final = (
    *("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
    *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
)
_CONTROLLERS: Final = (
    *("cronjobs", "daemonsets", "deployments", "jobs"),
    *("replicasets", "replicationcontrollers", "statefulsets"),
)
_POLICY_GROUPS: Final = "kyverno.io|policies.kyverno.io|templates.gatekeeper.sh"
_POLICIES: Final = (
    *("clusterpolicies", "policies", "policyexceptions", "validatingpolicies", "imagevalidatingpolicies"),
    "constrainttemplates",
)
_TUNNELS: Final = ("pods/portforward", "pods/proxy", "services/proxy")
_ROLE_KINDS: Final = ("clusterroles", "roles")
_BINDING_KINDS: Final = ("clusterrolebindings", "rolebindings")
_SOMEBODY: Final = ("users", "groups", "serviceaccounts", "userextras", "uids")
_HAS_PARTS: Final = frozenset({"userextras"})
"""What is asked for with the name of a field behind it: ``userextras/scopes``."""
_RUNNING: Final = ("pods/exec", "pods/attach", "pods/ephemeralcontainers")
DANGERS: Final = (
    Danger(_AUTHORITY, _ROLE_KINDS, frozenset({"escalate", "bind"}), "gives itself any right"),
    Danger(_AUTHORITY, (*_BINDING_KINDS, *_ROLE_KINDS), _WRITE, "hands out rights", only_whole_cluster=True),
    Danger("|authentication.k8s.io", _SOMEBODY, frozenset({"impersonate"}), "acts as somebody else"),
    Danger("", _RUNNING, _OPEN, "enters running pods"),
    Danger("", ("nodes/proxy",), _OPEN, "runs commands through the kubelet, unseen by audit"),
    Danger("", ("serviceaccounts/token",), frozenset({"create"}), "makes tokens of other accounts"),
    Danger("", ("secrets",), READ, "reads the secrets of every namespace", only_whole_cluster=True),
    Danger(
        "", ("persistentvolumes",), frozenset({"create"}), "mounts folders of nodes", only_whole_cluster=True
    ),
    Danger("", ("pods",), frozenset({"create"}), "runs pods under any account", only_whole_cluster=True),
    Danger("apps|batch|", _CONTROLLERS, _WRITE, "runs pods under any account", only_whole_cluster=True),
    Danger("", _TUNNELS, _OPEN, "reaches pods past every network policy", only_whole_cluster=True),
    Danger("", ("namespaces",), CHANGE, "lifts the pod security of any namespace", only_whole_cluster=True),
    Danger("apiregistration.k8s.io", ("apiservices",), _WRITE, "answers in the API server's place"),
    Danger("admissionregistration.k8s.io", _HOOKS, _WRITE, "reads and rewrites what others ask for"),
    Danger("admissionregistration.k8s.io", _HOOKS, _DELETE, "takes away what refuses others"),
    Danger(_POLICY_GROUPS, _POLICIES, _WRITE | _DELETE, "changes what refuses others"),
    Danger(
        "security.istio.io",
        ("authorizationpolicies", "peerauthentications", "requestauthentications"),
        _WRITE | _DELETE,
        "changes who may call whom in the mesh",
        only_whole_cluster=True,
    ),
    Danger(_SIGNING, ("signers",), frozenset({"approve", "sign"}), "makes certificates of anybody"),
    Danger(_SIGNING, ("certificatesigningrequests/approval",), _OPEN, "makes certificates of anybody"),
)
"""Kubernetes, "Role Based Access Control Good Practices", privilege escalation risks, read 2026-11."""


def takes(kinds: set[str], kind: str) -> bool:
    """Whether a rule's resources take in a kind, by name or by a wildcard of parts."""
    whole, _, part = kind.partition("/")
    if kind in _HAS_PARTS:
        return any(asked.partition("/")[0] == kind for asked in kinds)
    return kind in kinds or (bool(part) and bool({f"*/{part}", f"{whole}/*"} & kinds))
