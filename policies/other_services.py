"""What must hold for services the platform itself does not use, where others' stacks do: closed and encrypted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.iam.accounts import homes, whole_account
from policies.iam.conditions import Condition
from policies.neighbours import is_made_elsewhere
from policies.reading import at, flag, listed, mapping, text
from policies.record import Graph, Resource
from policies.rule import Rule

LISTENERS: Final = (
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    "aws:elasticloadbalancingv2/listener:Listener",
)
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"
INSTANCES: Final = ("aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest")
_OLD_TLS: Final = (
    "ELBSecurityPolicy-2015",
    "ELBSecurityPolicy-2016",
    "ELBSecurityPolicy-TLS-1-0",
    "ELBSecurityPolicy-TLS-1-1",
)
"""Policies that accept TLS 1.0 or 1.1 (ELB user guide, "Security policies", read 2026-11)."""
_SERVICES: Final = ".amazonaws.com"


@dataclass(frozen=True)
class _At:
    """Where a type says something: a path, and what it is where nothing is said."""

    path: str
    default: bool = False


ENCRYPTED: Final[Mapping[str, _At]] = {
    "aws:rds/instance:Instance": _At("storageEncrypted"),
    "aws:rds/cluster:Cluster": _At("storageEncrypted"),
    "aws:docdb/cluster:Cluster": _At("storageEncrypted"),
    "aws:neptune/cluster:Cluster": _At("storageEncrypted"),
    "aws:redshift/cluster:Cluster": _At("encrypted", default=True),
    "aws:ebs/volume:Volume": _At("encrypted"),
    "aws:efs/fileSystem:FileSystem": _At("encrypted"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _At("atRestEncryptionEnabled"),
    "aws:opensearch/domain:Domain": _At("encryptAtRest.enabled"),
    "aws:elasticsearch/domain:Domain": _At("encryptAtRest.enabled"),
}
"""Whether data is encrypted where it lies (the types' own schemas, pulumi-aws 7)."""
WIRE: Final[Mapping[str, _At]] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": _At("transitEncryptionEnabled"),
    "aws:opensearch/domain:Domain": _At("nodeToNodeEncryption.enabled"),
    "aws:elasticsearch/domain:Domain": _At("nodeToNodeEncryption.enabled"),
}
PUBLIC: Final[Mapping[str, str]] = {
    "aws:rds/instance:Instance": "publiclyAccessible",
    "aws:rds/clusterInstance:ClusterInstance": "publiclyAccessible",
    "aws:redshift/cluster:Cluster": "publiclyAccessible",
    "aws:dms/replicationInstance:ReplicationInstance": "publiclyAccessible",
    "aws:ec2/instance:Instance": "associatePublicIpAddress",
    "aws:mq/broker:Broker": "publiclyAccessible",
}
PASSWORDS: Final[Mapping[str, str]] = {
    "aws:rds/instance:Instance": "password",
    "aws:rds/cluster:Cluster": "masterPassword",
    "aws:docdb/cluster:Cluster": "masterPassword",
    "aws:redshift/cluster:Cluster": "masterPassword",
    "aws:elasticache/replicationGroup:ReplicationGroup": "authToken",
}
NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"


def _says(resource: Resource, where: _At) -> bool:
    head, _, rest = where.path.partition(".")
    value = at(resource.inputs, head)
    if rest:
        found = listed(value, head)
        value = at(mapping(found[0]), rest) if found else None
    return flag(value, where.path, default=where.default)


def _readable(resource: Resource, _graph: Graph) -> Iterable[str]:
    where = ENCRYPTED[resource.type]
    if not _says(resource, where):
        yield f"{where.path} is not true: data lies there in plain text"


def _readable_on_the_wire(resource: Resource, _graph: Graph) -> Iterable[str]:
    where = WIRE[resource.type]
    if not _says(resource, where):
        yield f"{where.path} is not true: data passes in plain text"


def _on_the_internet(resource: Resource, _graph: Graph) -> Iterable[str]:
    name = PUBLIC[resource.type]
    if flag(at(resource.inputs, name), name):
        yield f"{name} is true: it has an address on the internet"


def _written_password(resource: Resource, _graph: Graph) -> Iterable[str]:
    name = PASSWORDS[resource.type]
    if not resource.property_dependencies.get(name) and text(at(resource.inputs, name), name):
        yield f"{name} stands in plain text"


def _listens_plainly(listener: Resource, _graph: Graph) -> Iterable[str]:
    protocol = text(at(listener.inputs, "protocol"), "protocol").upper()
    actions: list[Any] = list(listed(at(listener.inputs, "defaultActions"), "defaultActions"))
    redirects = [text(at(mapping(a), "redirect.protocol"), "redirect.protocol").upper() for a in actions]
    if protocol == "HTTP" and set(redirects) != {"HTTPS"}:
        yield "listens in plain text, and does not send callers to HTTPS"
    policy = text(at(listener.inputs, "sslPolicy"), "sslPolicy")
    if policy.startswith(_OLD_TLS):
        yield f"{policy} accepts TLS before 1.2"


def _unauthenticated(url: Resource, _graph: Graph) -> Iterable[str]:
    if text(at(url.inputs, "authorizationType"), "authorizationType") == "NONE":
        yield "authorizationType is NONE: whoever knows the address calls it"


def _invoked_by_anybody(permission: Resource, graph: Graph) -> Iterable[str]:
    who = text(at(permission.inputs, "principal"), "principal")
    organization, of_account = (
        text(at(permission.inputs, key), key) for key in ("principalOrgId", "sourceAccount")
    )
    is_named = bool(of_account) or _names_source(permission)
    if who == "*" and not (is_named or organization):
        yield "anybody in any account may call it"
    elif who.endswith(_SERVICES) and not is_named:
        yield f"{who} may call it on behalf of any account (no sourceArn or sourceAccount)"
    account = whole_account(who)
    if account and homes(graph) and account not in homes(graph) and not organization:
        yield f"whoever account {account} chooses may call it"


def _names_source(permission: Resource) -> bool:
    """Whether it is for what one resource does, or those of one account."""
    if is_made_elsewhere(permission, "sourceArn"):
        return True
    arn = text(at(permission.inputs, "sourceArn"), "sourceArn")
    return bool(arn) and Condition("arnlike", "aws:sourcearn", (arn,)).pins()


def _open_metadata(instance: Resource, _graph: Graph) -> Iterable[str]:
    options = listed(at(instance.inputs, "metadataOptions"), "metadataOptions")
    said = mapping(options[0]) if options else {}
    if text(at(said, "httpEndpoint"), "httpEndpoint") == "disabled" or at(instance.inputs, "launchTemplate"):
        return
    if text(at(said, "httpTokens"), "httpTokens") != "required":
        yield "metadataOptions.httpTokens is not required: one forged request reads its credentials"


def _open_notebook(notebook: Resource, _graph: Graph) -> Iterable[str]:
    if (text(at(notebook.inputs, "directInternetAccess"), "directInternetAccess") or "Enabled") == "Enabled":
        yield "directInternetAccess is on: it reaches the internet past every rule of the network"
    if (text(at(notebook.inputs, "rootAccess"), "rootAccess") or "Enabled") == "Enabled":
        yield "rootAccess is on: whoever opens it is root"


RULES: tuple[Rule, ...] = (
    Rule(
        id="stored-data-is-encrypted",
        applies_to=tuple(ENCRYPTED),
        why="A copied disk or snapshot is readable by whoever has it.",
        fix="Turn encryption at rest on, with a key of your own; most types cannot be changed later.",
        check=_readable,
    ),
    Rule(
        id="stores-encrypt-on-the-wire",
        applies_to=tuple(WIRE),
        why="What is cached or indexed is what people asked; it passes between machines in plain text.",
        fix="Turn encryption in transit on.",
        check=_readable_on_the_wire,
    ),
    Rule(
        id="stores-are-not-on-the-internet",
        applies_to=tuple(PUBLIC),
        why="One password or one hole is then all that stands between anybody and the data.",
        fix="Put it into private subnets, and leave the public address off.",
        check=_on_the_internet,
    ),
    Rule(
        id="store-passwords-are-not-written-down",
        applies_to=tuple(PASSWORDS),
        why="What stands in a program is in its history, its state and every copy.",
        fix="Let AWS keep the password (manageMasterUserPassword), or take it from the resource that makes it.",
        check=_written_password,
        reads_graph=True,
    ),
    Rule(
        id="load-balancers-encrypt",
        applies_to=LISTENERS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Listen on HTTPS with a current TLS policy; on port 80 only redirect to it.",
        check=_listens_plainly,
    ),
    Rule(
        id="function-addresses-authenticate",
        applies_to=(FUNCTION_URL,),
        why="It is on the internet, and every call is paid for.",
        fix="Set authorizationType AWS_IAM, or put a gateway that authenticates before it.",
        check=_unauthenticated,
    ),
    Rule(
        id="functions-name-their-callers",
        applies_to=(PERMISSION,),
        why="A service calls for whoever asks it to: without the account, another one's event runs this function.",
        fix="Set sourceAccount and sourceArn.",
        check=_invoked_by_anybody,
        reads_graph=True,
    ),
    Rule(
        id="machine-metadata-needs-a-token",
        applies_to=INSTANCES,
        why="A request that a program is tricked into reads the machine's credentials.",
        fix="Set metadataOptions.httpTokens to required.",
        check=_open_metadata,
    ),
    Rule(
        id="notebooks-stay-inside",
        applies_to=(NOTEBOOK,),
        why="A notebook holds data and credentials, and runs whatever somebody pastes into it.",
        fix="Set directInternetAccess and rootAccess to Disabled, and give it a subnet.",
        check=_open_notebook,
    ),
)
