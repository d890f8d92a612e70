"""What pods of models and agents do in S3, and which program does it: the download, KServe's own, a worker."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from policies.analysis.kserve.llm import engines
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, STORAGE_CONTAINER, components
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.platform.agents import NAMESPACE as AGENTS
from policies.analysis.platform.agents import PARTS
from policies.analysis.platform.agents import WORKERS as AGENT_WORKERS
from policies.analysis.storage.bucket_parts import BUCKETS, bucket_name, first, parts
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.values import at, flag, mapping, sequence, text

Names = Mapping[str, Sequence[str]]
_S3: Final = "s3://"
_OURS: Final = "runtime.download"
_INITIALIZER: Final = "storage-initializer"
_AGENT: Final = "agent-worker"
_ALIAS: Final = "aws:kms/alias:Alias"


def fetched_by(graph: Graph, namespace: str, account: str) -> Iterator[tuple[str, Names]]:
    """Programs that the pods of an account run in S3, each with bucket, prefix and key."""
    for program, uri in graph.once_for(_fetched_in, namespace).get(account, ()):
        yield program, _places(uri, graph)


def _fetched_in(graph: Graph, namespace: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Program and address of all that is fetched in a namespace, by account: asked once, not once an account."""
    by_account: dict[str, list[tuple[str, str]]] = {}
    for service in graph.of_type(*INFERENCE_SERVICE, *LLM):
        if namespace_of(service) == namespace:
            found = _of_llm(service, graph) if service.type in LLM else _of_predictive(service, graph)
            for program, account, uri in found:
                if uri:
                    by_account.setdefault(account, []).append((program, uri))
    if namespace == AGENTS:
        for account, uri in _of_agents(graph):
            by_account.setdefault(account, []).append((_AGENT, uri))
    return by_account


def _of_agents(graph: Graph) -> Iterator[tuple[str, str]]:
    """The texts of an agent's runs, which each of its parts keeps and reads."""
    for workers in graph.of_type(AGENT_WORKERS):
        agent, bucket = (text(at(workers.inputs, key), key) for key in ("agent", "texts"))
        for part in PARTS:
            yield f"{agent}-{part}", f"{_S3}{bucket}/{agent}/"


def key_of(bucket: Resource, graph: Graph) -> Resource | None:
    """The key declared here that a bucket's objects are under."""
    for said in parts(graph, bucket, "bucketServerSideEncryptionConfiguration"):
        for rule in sequence(at(said, "rules"), "rules"):
            default = first(at(rule, "applyServerSideEncryptionByDefault"), "default")
            arn = text(at(default, "kmsMasterKeyId"), "kmsMasterKeyId")
            for key in graph.of_type("aws:kms/key:Key"):
                if arn and arn in key.known_as:
                    return key
    return None


def _of_predictive(service: Resource, graph: Graph) -> Iterator[tuple[str, str, str]]:
    for _, component in components(service):
        account = text(at(component, "serviceAccountName"), "serviceAccountName")
        uri = text(at(component, "model.storageUri"), "model.storageUri")
        if uri.startswith(_S3):
            fetcher = text(at(component, "storageContainerName"), "storageContainerName")
            yield ("download" if _is_ours(fetcher, graph) else _INITIALIZER), account, uri
        url = text(at(component, "logger.url"), "logger.url")
        if url.startswith(_S3):
            yield "payload-agent", account, f"{url.rstrip('/')}/"


def _is_ours(fetcher: str, graph: Graph) -> bool:
    """Whether a storage container runs the download; one that stands in another stack is taken by its name there."""
    declared = {name_of(container): container for container in graph.of_type(STORAGE_CONTAINER)}
    if fetcher in declared:
        return _runs_ours(mapping(at(declared[fetcher].inputs, "spec.container"), "spec.container"))
    return bool(fetcher) and not declared


def _of_llm(service: Resource, graph: Graph) -> Iterator[tuple[str, str, str]]:
    uri = text(at(service.inputs, "spec.model.uri"), "spec.model.uri")
    if not uri.startswith(_S3):
        return
    enabled = flag(
        at(service.inputs, "spec.storageInitializer.enabled"), "storageInitializer.enabled", default=True
    )
    for _, pod in engines(service, graph):
        account = text(at(pod, "serviceAccountName"), "serviceAccountName")
        ours = [c for c in sequence(at(pod, "initContainers"), "initContainers") if _runs_ours(mapping(c))]
        yield from (
            ("download", account, text(next(iter(c.get("args", ())), ""), "args")) for c in map(mapping, ours)
        )
        if enabled:
            yield _INITIALIZER, account, uri


def _runs_ours(container: Mapping[str, Any]) -> bool:
    return _OURS in [text(word, "command") for word in sequence(at(container, "command"), "command")]


def _places(uri: str, graph: Graph) -> Names:
    split = urlsplit(uri)
    name, prefix = split.netloc, split.path.lstrip("/")
    found: dict[str, Sequence[str]] = {"bucket": [f"arn:aws:s3:::{name}"], "prefix": [prefix]}
    for bucket in graph.of_type(*BUCKETS):
        key = key_of(bucket, graph) if bucket_name(bucket) == name else None
        if key is not None:
            arn = key.outputs.get("arn")
            aliases = [
                text(a.inputs.get("name"), "name") for a in pointing_at(graph, key, _ALIAS, "targetKeyId")
            ]
            found |= {"key": [arn] if isinstance(arn, str) else [], "alias": aliases}
    return found
