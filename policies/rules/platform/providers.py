"""What must hold for providers: no credential in them, and no way to reach the wrong account or cluster."""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from facts.strict_yaml import YamlProblem, load
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import UndecidedError, at, known, mapping, sequence, text

AWS: Final = "pulumi:providers:aws"
KUBERNETES: Final = "pulumi:providers:kubernetes"

_AWS_CREDENTIALS: Final = ("accessKey", "secretKey", "token")
_LOGINS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": ("eks", "get-token"),
    "aws-iam-authenticator": ("token",),
    "gke-gcloud-auth-plugin": (),
    "kubelogin": ("get-token",),
    "kubectl-oidc_login": ("get-token",),
}
"""Programs that hand out a token (AWS, Google, Azure and OpenID Connect), and the words that make them do it."""
_REDIRECTS: Final = ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "LD_PRELOAD", "PATH", "HTTPS_PROXY", "HTTP_PROXY")
_USER_CREDENTIALS: Final = ("token", "password", "client-key", "client-key-data")


def _written(value: Any, path: str) -> Any:
    """Providers receive nested values as JSON text."""
    if isinstance(known(value, path), str) and value.startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError as error:
            raise UndecidedError(f"{path} is not JSON: {error}") from None
    return value


def _aws_credentials(provider: Resource, _graph: Graph) -> Iterable[Offence]:
    for name in _AWS_CREDENTIALS:
        if at(provider.inputs, name):
            yield Offence(path=name, problem="the provider holds a credential")


def _any_account(provider: Resource, _graph: Graph) -> Iterable[Offence]:
    allowed = sequence(
        _written(at(provider.inputs, "allowedAccountIds"), "allowedAccountIds"), "allowedAccountIds"
    )
    role = at(_written(at(provider.inputs, "assumeRole"), "assumeRole"), "roleArn")
    if not allowed and not role:
        yield Offence(
            path="allowedAccountIds",
            problem="is empty: works in whatever account the credentials belong to",
        )


def _kubeconfig(provider: Resource, *, may_be_encrypted: bool) -> Mapping[str, Any]:
    """What a provider's kubeconfig says; nothing where a stack of others keeps it encrypted."""
    if may_be_encrypted and "kubeconfig" in provider.secret_properties:
        return {}
    raw = text(at(provider.inputs, "kubeconfig"), "kubeconfig")
    try:
        return mapping(load(raw, "kubeconfig") if raw else None, "kubeconfig")
    except YamlProblem as problem:
        raise UndecidedError(f"kubeconfig is neither YAML nor JSON: {problem}") from None


def _user_credentials(
    provider: Resource, _graph: Graph, *, may_be_encrypted: bool = True
) -> Iterable[Offence]:
    for index, entry in enumerate(
        sequence(at(_kubeconfig(provider, may_be_encrypted=may_be_encrypted), "users"), "users")
    ):
        user = mapping(at(entry, "user"), "user")
        for name in _USER_CREDENTIALS:
            if user.get(name):
                yield Offence(
                    path=f"kubeconfig.users[{index}].user.{name}",
                    problem=f"the kubeconfig holds a credential of {text(at(entry, 'name'), 'name')}",
                )


def _runs_anything(provider: Resource, _graph: Graph, *, may_be_encrypted: bool = True) -> Iterable[Offence]:
    for index, entry in enumerate(
        sequence(at(_kubeconfig(provider, may_be_encrypted=may_be_encrypted), "users"), "users")
    ):
        place = f"kubeconfig.users[{index}].user.exec"
        said = mapping(at(entry, "user.exec"), "user.exec")
        command = text(said.get("command"), "exec.command")
        words = [text(word, "exec.args") for word in sequence(said.get("args"), "exec.args")]
        asked = _LOGINS.get(command)
        if command and asked is None:
            yield Offence(
                path=f"{place}.command",
                problem="runs at every call, with all that the deployer may do",
                value=command,
                expected=f"one of {', '.join(_LOGINS)}",
            )
        elif asked and not _in_order(asked, words):
            yield Offence(
                path=f"{place}.args",
                problem=f"{command} does something else than to hand out a token",
                value=words,
                expected=" ".join(asked),
            )
        for number, one in enumerate(sequence(said.get("env"), "exec.env")):
            name = text(at(one, "name"), "exec.env.name")
            if name.startswith(_REDIRECTS):
                yield Offence(
                    path=f"{place}.env[{number}]",
                    problem=f"{name} sends the login somewhere else",
                    value=name,
                )


def _in_order(wanted: tuple[str, ...], words: list[str]) -> bool:
    """Whether the words stand among others (options) in this order."""
    rest = iter(words)
    return all(word in rest for word in wanted)


def _open_connection(
    provider: Resource, _graph: Graph, *, may_be_encrypted: bool = True
) -> Iterable[Offence]:
    for index, entry in enumerate(
        sequence(at(_kubeconfig(provider, may_be_encrypted=may_be_encrypted), "clusters"), "clusters")
    ):
        place = f"kubeconfig.clusters[{index}].cluster"
        cluster = mapping(at(entry, "cluster"), "cluster")
        if cluster.get("insecure-skip-tls-verify"):
            yield Offence(
                path=f"{place}.insecure-skip-tls-verify",
                problem="does not check who answers",
                value=cluster["insecure-skip-tls-verify"],
            )
        if proxy := text(cluster.get("proxy-url"), "proxy-url"):
            yield Offence(
                path=f"{place}.proxy-url",
                problem="everything that is said to the API passes by it",
                value=proxy,
            )
        server = text(at(cluster, "server"), "server")
        if server.startswith("http://"):
            yield Offence(path=f"{place}.server", problem="talks to the API in plain text", value=server)


def _no_identity(provider: Resource, _graph: Graph) -> Iterable[Offence]:
    if not text(at(provider.inputs, "clusterIdentifier"), "clusterIdentifier"):
        yield Offence(
            path="clusterIdentifier",
            problem="is not set: a new endpoint or kubeconfig replaces every object in the cluster",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="aws-providers-hold-no-credentials",
        severity="critical",
        applies_to=(AWS,),
        why="A key in the program is a key in the state, in the history and in every fork.",
        fix="Let the environment carry a role: OIDC in CI, single sign-on for people.",
        check=_aws_credentials,
    ),
    Rule(
        id="kubernetes-providers-hold-no-credentials",
        severity="critical",
        applies_to=(KUBERNETES,),
        why="A token in a kubeconfig outlives the person and stands in the state.",
        fix="Ask for a token at every call: exec aws eks get-token.",
        check=_user_credentials,
        on_platform=Variant(
            "Not even encrypted in a stack file.", partial(_user_credentials, may_be_encrypted=False)
        ),
    ),
    Rule(
        id="kubernetes-providers-run-a-login",
        severity="critical",
        applies_to=(KUBERNETES,),
        why="A kubeconfig's exec is a program on the deployer's machine, started at every call.",
        fix="Let it run aws eks get-token, or the login of another cloud, by its plain name.",
        check=_runs_anything,
        on_platform=Variant(
            "Not even encrypted in a stack file.", partial(_runs_anything, may_be_encrypted=False)
        ),
    ),
    Rule(
        id="kubernetes-providers-check-the-api",
        severity="high",
        applies_to=(KUBERNETES,),
        why="Whoever answers in the API's place receives the token and every secret.",
        fix="Give the cluster's certificate authority and its https endpoint.",
        check=_open_connection,
        on_platform=Variant(
            "A kubeconfig that is kept as a secret is read too.",
            partial(_open_connection, may_be_encrypted=False),
        ),
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="aws-providers-name-their-account",
        severity="high",
        applies_to=(AWS,),
        why="With yesterday's credentials the same command builds, or destroys, in another account.",
        fix="Set allowed_account_ids to the account of the stack's settings.",
        check=_any_account,
        reads_graph=True,
    ),
    Rule(
        id="kubernetes-providers-know-their-cluster",
        severity="high",
        applies_to=(KUBERNETES,),
        why="Without a lasting name of the cluster, a changed kubeconfig reads as another cluster.",
        fix="Set cluster_identifier to the cluster's ARN.",
        check=_no_identity,
        reads_graph=True,
    ),
)
