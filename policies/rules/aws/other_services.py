"""What must hold for services the platform itself does not use, where others' stacks do: closed and encrypted."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.iam.accounts import homes, whole_account
from policies.analysis.iam.conditions import Condition
from policies.analysis.network.tls_policies import is_old
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.neighbours import is_made_elsewhere
from policies.engine.property_paths import dotted
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, known, listed, mapping, number, text

LISTENERS: Final = ("aws:lb/listener:Listener",)
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"
INSTANCES: Final = (
    "aws:ec2/instance:Instance",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
)
_UNSAID_TLS: Final = "ELBSecurityPolicy-2016-08"
"""What a listener takes that is made by another way than the console (the same page)."""
_PLAIN_PORTS: Final = frozenset({80, 8080})
"""Where an Application Load Balancer without a protocol listens in plain text."""
_SERVICES: Final = ".amazonaws.com"


PASSWORDS: Final = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:docdb/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
)
"""Stores with a password; of every other type a property that is called one is read."""
_CALLED_A_PASSWORD: Final = re.compile(r"(?:[a-z][A-Za-z]*P|p)assword|authToken")
"""Properties of providers; variables that people name have rules of their own."""
_REFERENCES: Final = ("{{resolve:", "arn:")
"""What CloudFormation fills in from a secret, and the ARN of one."""
NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"


def _written_password(
    resource: Resource, _graph: Graph, *, may_be_encrypted: bool = True
) -> Iterable[Offence]:
    encrypted = resource.secret_properties if may_be_encrypted else frozenset[str]()
    for path, value in _passwords(resource.inputs, ""):
        head = path.partition(".")[0].partition("[")[0]
        if resource.property_dependencies.get(head) or dotted(path) in encrypted:
            continue
        if not known(value, path).startswith(_REFERENCES):
            yield Offence(path=path, problem="stands in plain text")  # its value is nothing for a report


def _passwords(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every text, or unknown, that a property holds which is called a password; switches about them are none."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            where = f"{path}.{key}" if path else str(key)
            if _CALLED_A_PASSWORD.fullmatch(str(key)):
                if item is UNKNOWN or (
                    isinstance(item, str) and item and item.lower() not in {"true", "false"}
                ):
                    yield where, item
            else:
                yield from _passwords(item, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _passwords(item, f"{path}[{index}]")


def _listens_plainly(listener: Resource, _graph: Graph) -> Iterable[Offence]:
    protocol = text(at(listener.inputs, "protocol"), "protocol").upper()
    if not protocol and not text(at(listener.inputs, "certificateArn"), "certificateArn"):
        protocol = "HTTP" if number(at(listener.inputs, "port"), "port") in _PLAIN_PORTS else ""
    actions: list[Any] = list(listed(at(listener.inputs, "defaultActions"), "defaultActions"))
    redirects = [text(at(mapping(a), "redirect.protocol"), "redirect.protocol").upper() for a in actions]
    if protocol == "HTTP" and set(redirects) != {"HTTPS"}:
        yield Offence(
            path="protocol",
            problem="listens in plain text, and does not send callers to HTTPS",
            value=at(listener.inputs, "protocol"),
        )
    policy = text(at(listener.inputs, "sslPolicy"), "sslPolicy")
    if is_old(policy):
        yield Offence(path="sslPolicy", problem=f"{policy} accepts TLS before 1.2", value=policy)
    elif not policy and protocol in {"HTTPS", "TLS"}:
        yield Offence(path="sslPolicy", problem=f"is not set: {_UNSAID_TLS} accepts TLS before 1.2")


def _unauthenticated(url: Resource, _graph: Graph) -> Iterable[Offence]:
    if text(at(url.inputs, "authorizationType"), "authorizationType") == "NONE":
        yield Offence(
            path="authorizationType", problem="NONE: whoever knows the address calls it", value="NONE"
        )


def _invoked_by_anybody(permission: Resource, graph: Graph) -> Iterable[Offence]:
    who = text(at(permission.inputs, "principal"), "principal")
    organization, of_account = (
        text(at(permission.inputs, key), key) for key in ("principalOrgId", "sourceAccount")
    )
    is_named = bool(of_account) or _names_source(permission)
    if who == "*" and not (is_named or organization):
        yield Offence(path="principal", problem="anybody in any account may call it", value=who)
    elif who.endswith(_SERVICES) and not is_named:
        yield Offence(
            path="sourceAccount",
            problem=f"is not set, nor is sourceArn: {who} may call it on behalf of any account",
        )
    account = whole_account(who)
    if account and homes(graph) and account not in homes(graph) and not organization:
        yield Offence(path="principal", problem=f"whoever account {account} chooses may call it", value=who)


def _names_source(permission: Resource) -> bool:
    """Whether it is for what one resource does, or those of one account."""
    if is_made_elsewhere(permission, "sourceArn"):
        return True
    arn = text(at(permission.inputs, "sourceArn"), "sourceArn")
    return bool(arn) and Condition("arnlike", "aws:sourcearn", (arn,)).pins()


def _open_metadata(instance: Resource, _graph: Graph) -> Iterable[Offence]:
    options = listed(at(instance.inputs, "metadataOptions"), "metadataOptions")
    said = mapping(options[0]) if options else {}
    if text(at(said, "httpEndpoint"), "httpEndpoint") == "disabled" or at(instance.inputs, "launchTemplate"):
        return
    if text(at(said, "httpTokens"), "httpTokens") != "required":
        yield Offence(
            path="metadataOptions.httpTokens",
            problem="is not required: one forged request reads its credentials",
            value=at(said, "httpTokens"),
        )


def _open_notebook(notebook: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, problem in (
        ("directInternetAccess", "is on: the notebook reaches the internet past every rule of the network"),
        ("rootAccess", "is on: whoever opens the notebook is root"),
    ):
        value = text(at(notebook.inputs, path), path)
        if (value or "Enabled") == "Enabled":
            yield Offence(path=path, problem=problem, value=value or None)


RULES: tuple[Rule, ...] = (
    Rule(
        id="database-passwords-not-in-plain-text",
        severity="critical",
        aliases=("store-passwords-are-not-written-down",),
        applies_to=(*PASSWORDS, "aws:*", "aws-native:*"),
        why="What stands in a program is in its history, its state and every copy.",
        fix="Let AWS keep the password (manageMasterUserPassword), or take it from the resource that makes it.",
        check=_written_password,
        on_platform=Variant(
            "Not even encrypted in a stack file: it names the secret.",
            partial(_written_password, may_be_encrypted=False),
        ),
        reads_graph=True,
    ),
    Rule(
        id="load-balancers-encrypt",
        severity="high",
        applies_to=LISTENERS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Listen on HTTPS with a current TLS policy; on port 80 only redirect to it.",
        check=_listens_plainly,
    ),
    Rule(
        id="lambda-urls-require-authentication",
        severity="critical",
        aliases=("function-addresses-authenticate",),
        applies_to=(FUNCTION_URL,),
        why="It is on the internet, and every call is paid for.",
        fix="Set authorizationType AWS_IAM, or put a gateway that authenticates before it.",
        check=_unauthenticated,
    ),
    Rule(
        id="lambda-permissions-name-callers",
        severity="critical",
        aliases=("functions-name-their-callers",),
        applies_to=(PERMISSION,),
        why="A service calls for whoever asks it to: without the account, another one's event runs this function.",
        fix="Set sourceAccount and sourceArn.",
        check=_invoked_by_anybody,
        reads_graph=True,
    ),
    Rule(
        id="ec2-requires-imdsv2",
        severity="high",
        aliases=("machine-metadata-needs-a-token",),
        applies_to=INSTANCES,
        why="A request that a program is tricked into reads the machine's credentials.",
        fix="Set metadataOptions.httpTokens to required.",
        check=_open_metadata,
    ),
    Rule(
        id="notebooks-stay-inside",
        severity="high",
        applies_to=(NOTEBOOK,),
        why="A notebook holds data and credentials, and runs whatever somebody pastes into it.",
        fix="Set directInternetAccess and rootAccess to Disabled, and give it a subnet.",
        check=_open_notebook,
    ),
)
