"""What must hold for resources that say who may use them: nobody unknown, and no other account as a whole."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from facts.deputies import key_deputies, resource_deputies, service_name
from policies.analysis.iam.accounts import homes, whole_account, whole_others
from policies.analysis.iam.callers import SOURCES, lets_everyone_in, open_statements, unrefused
from policies.analysis.iam.patterns import covers_action
from policies.analysis.iam.statements import Statement, each, statements
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, listed, mapping, text
from policies.rules.aws.kms_keys import KEYS

_DOMAINS: Final = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")
POLICIES: Final[Mapping[str, str]] = {
    "aws:acmpca/policy:Policy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:amp/resourcePolicy:ResourcePolicy": "policyDocument",
    "aws:apigateway/restApi:RestApi": "policy",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": "accessPolicy",
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": "deliveryDestinationPolicy",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dsql/clusterPolicy:ClusterPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": "policy",
    "aws:organizations/resourcePolicy:ResourcePolicy": "content",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3control/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:vpclattice/authPolicy:AuthPolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
    **dict.fromkeys(_DOMAINS, "accessPolicies"),
    # Only CloudFormation keeps these in the resource itself.
    "aws:dynamodb/table:Table": "resourcePolicy.policyDocument",
    "aws:ecr/repository:Repository": "repositoryPolicyText",
    "aws:efs/fileSystem:FileSystem": "fileSystemPolicy",
    "aws-native:backup:BackupVault": "accessPolicy",
    "aws-native:cloudtrail:ResourcePolicy": "resourcePolicy",
    "aws-native:codeartifact:Domain": "permissionsPolicyDocument",
    "aws-native:codeartifact:Repository": "permissionsPolicyDocument",
    "aws-native:events:EventBus": "policy",
    "aws-native:events:EventBusPolicy": "statement",
    "aws-native:lex:ResourcePolicy": "policy",
    "aws-native:logs:Destination": "destinationPolicy",
    "aws-native:s3:MultiRegionAccessPointPolicy": "policy",
    "aws-native:s3objectlambda:AccessPointPolicy": "policyDocument",
}
"""Where resources keep their policy (the types' own schemas, pulumi-aws 7; CloudFormation resource reference, read
2026-11); keys have rules of their own."""
_HARMLESS: Final = (
    "ecr:batchcheck*",
    "ecr:batchgetimage",
    "ecr:describe*",
    "ecr:getdownloadurlforlayer",
    "ecr:list*",
    "s3:getbucketacl",
    "s3:getbucketlocation",
    "s3:putobject",
)
_LOGS_OF_ONE: Final = re.compile(r"AWSLogs/\d{12}/")
_LOOKS: Final = ("s3:getbucketacl", "s3:getbucketlocation", "s3:listbucket")
"""Pulling images and delivering objects: what other accounts are commonly let do as a whole."""
EVENT_PERMISSION: Final = "aws:cloudwatch/eventPermission:EventPermission"
LAYER_PERMISSION: Final = "aws:lambda/layerVersionPermission:LayerVersionPermission"
LAUNCH_PERMISSION: Final = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
DOCUMENT: Final = "aws:ssm/document:Document"
SNAPSHOTS: Final = ("aws:rds/snapshot:Snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot")
_ALL: Final[Mapping[str, tuple[str, str, str]]] = {
    EVENT_PERMISSION: ("principal", "*", "condition"),
    LAYER_PERMISSION: ("principal", "*", "organizationId"),
    LAUNCH_PERMISSION: ("group", "all", ""),
    DOCUMENT: ("permissions.accountIds|permissions.account_ids", "All", ""),
    **dict.fromkeys(SNAPSHOTS, ("sharedAccounts", "all", "")),
}
"""What shares without a policy: where it says with whom, how it says everybody, and what narrows that."""


def _open_policy(holder: Resource, graph: Graph) -> Iterable[Offence]:
    value, path = _policy(holder)
    if value is None or _is_behind_its_own_door(holder, graph):
        return
    for statement in open_statements(value, path):
        yield lets_everyone_in(statement, "everybody, in any account, is let in")


def _policy(holder: Resource) -> tuple[Any, str]:
    """The document, and where it stands; one statement alone is a document of its own."""
    path = POLICIES[holder.type]
    found = at(holder.inputs, path)
    is_bare = isinstance(found, Mapping) and "Effect" in found
    return ({path: found}, "") if is_bare and path == "statement" else (found, path)


def _is_behind_its_own_door(holder: Resource, graph: Graph) -> bool:
    """Whether a search domain lets in whom its network or its own users let in: its policy may then be open."""
    domains = [holder] if holder.type in _DOMAINS else []
    if holder.type.endswith(":DomainPolicy"):
        domains = [
            d for d in graph.of_type(*_DOMAINS) if holder in graph.referring(d, holder.type, "domainName")
        ]
    return any(_has_door(domain) for domain in domains)


def _has_door(domain: Resource) -> bool:
    networks = listed(at(domain.inputs, "vpcOptions"), "vpcOptions")
    users = listed(at(domain.inputs, "advancedSecurityOptions"), "advancedSecurityOptions")
    return any(at(mapping(n), "subnetIds") for n in networks) or any(
        flag(at(mapping(u), "enabled"), "advancedSecurityOptions.enabled") for u in users
    )


def _whole_accounts(holder: Resource, graph: Graph) -> Iterable[Offence]:
    (value, path), own = _policy(holder), homes(graph)
    if value is None:
        return
    for statement in unrefused(value, lambda s: bool(whole_others(s, own)) and not _is_harmless(s), path):
        for account in whole_others(statement, own):
            yield shared_with(statement, account, "is let in")


def shared_with(statement: Statement, account: str, what: str) -> Offence:
    """That whoever another account chooses is let in, at the principal that names the account."""
    said = next((p for p in statement.principals("AWS") if whole_account(p) == account), "")
    return Offence(
        path=statement.place("Principal.AWS", said),
        problem=f"whoever account {account} chooses {what}",
        value=said,
    )


def _is_harmless(statement: Statement) -> bool:
    return statement.not_actions is None and all(
        any(covers_action(harmless, action) for harmless in _HARMLESS) for action in statement.actions
    )


def _for_whom(holder: Resource, _graph: Graph) -> Iterable[Offence]:
    if holder.type in KEYS:
        return each(statements(at(holder.inputs, "policy")), partial(_deputies, key_deputies()))
    return each(statements(*_policy(holder)), partial(_deputies, resource_deputies()))


def _deputies(known: frozenset[str], statement: Statement) -> Iterable[Offence]:
    """Services that do this for whoever asks them to; where logs go to is held by the account in their path."""
    if not statement.allows or any(c.key.startswith(SOURCES) for c in statement.pinned()):
        return
    only_looks = statement.actions and all(a.lower() in _LOOKS for a in statement.actions)
    by_path = statement.resources and all(_LOGS_OF_ONE.search(r) for r in statement.resources)
    for service in () if only_looks or by_path else statement.principals("Service"):
        if service_name(service) in known:
            yield Offence(
                path=statement.place("Principal.Service", service),
                problem=f"{service} does it for any account",
                value=service,
            )


def _public(share: Resource, _graph: Graph) -> Iterable[Offence]:
    where, everybody, narrowed = _ALL[share.type]
    said = [text(value, where) for key in where.split("|") for value in listed(at(share.inputs, key), key)]
    where = where.partition("|")[0]
    if everybody in said and not (narrowed and at(share.inputs, narrowed)):
        yield Offence(path=where, problem=f"{everybody}: everybody, in any account", value=everybody)


RULES: tuple[Rule, ...] = (
    Rule(
        id="resource-policies-name-their-principals",
        severity="critical",
        applies_to=tuple(POLICIES),
        why="A resource policy open to everybody publishes the resource.",
        fix="Name principals, or add a condition on their account, organisation or network.",
        check=_open_policy,
        reads_graph=True,
    ),
    Rule(
        id="resource-policies-limit-accounts",
        severity="high",
        aliases=("resources-are-shared-with-somebody",),
        applies_to=tuple(POLICIES),
        why="Whoever administers the other account decides who there uses the resource.",
        fix="Name a role of the other account, or add a condition on aws:PrincipalOrgID or aws:PrincipalArn.",
        check=_whole_accounts,
        reads_graph=True,
    ),
    Rule(
        id="confused-deputy-source-account-set",
        severity="high",
        aliases=("services-act-for-named-accounts",),
        applies_to=(*POLICIES, *KEYS),
        why="Such a service does it for whoever asks: another account's bucket, topic or distribution comes in by it.",
        fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
        check=_for_whom,
    ),
    Rule(
        id="snapshots-not-public",
        severity="critical",
        aliases=("copies-are-not-shared-with-everybody",),
        applies_to=tuple(_ALL),
        why="What is shared with everybody is copied within the hour, and no copy can be called back.",
        fix="Name accounts, or the organisation.",
        check=_public,
    ),
)
