"""What a chart's values say of the calls that its programs make: queues, log groups, workspaces, topics."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.engine.graph import Graph
from policies.engine.neighbours import pointing_at
from policies.engine.values import at, mapping, sequence, text

_NODE_CLASS: Final = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
_TOPIC: Final = "aws:sns/topic:Topic"
_KEY: Final = "aws:kms/key:Key"
_ALIAS: Final = "aws:kms/alias:Alias"
_WORKSPACE: Final = re.compile(r"^https://aps-workspaces\.[^/]+/workspaces/(?P<id>ws-[0-9a-f-]+)/")


def names_in(values: Mapping[str, Any], graph: Graph) -> Mapping[str, Sequence[str]]:
    """The names that ``facts/calls`` leaves open, as far as these values and the graph say them.

    Raises:
        UndecidedError: a value is not known, or has another shape than the chart's.
    """
    exporters = mapping(at(values, "config.exporters"), "config.exporters")
    groups = [text(at(said, "log_group_name"), "log_group_name") for said in exporters.values() if said]
    queue = text(at(values, "settings.interruptionQueue"), "settings.interruptionQueue")
    roles = {text(at(r.inputs, "spec.role"), "spec.role") for r in graph.of_type(_NODE_CLASS)}
    topics = list(_topics(values))
    keys = [key for topic in topics for key in _keys_of(topic, graph)]
    found = {
        "log_group": groups,
        "queue": [queue],
        "node_role": sorted(roles),
        "spans": ["*" for name in exporters if name.partition("/")[0] == "awsxray"][:1],
        "workspace": list(_workspaces(values)),
        "topic": topics,
        "topic_key": [key for key, _ in keys],
        "topic_key_alias": [alias for _, alias in keys],
    }
    return {name: [v for v in dict.fromkeys(said) if v] for name, said in found.items()}


def _workspaces(values: Mapping[str, Any]) -> Iterator[str]:
    path = "prometheus.prometheusSpec.remoteWrite"
    for index, remote in enumerate(sequence(at(values, path), path)):
        found = _WORKSPACE.match(text(at(remote, "url"), f"{path}[{index}].url"))
        if found:
            yield found["id"]


def _topics(values: Mapping[str, Any]) -> Iterator[str]:
    path = "alertmanager.config.receivers"
    for receiver in sequence(at(values, path), path):
        for sent in sequence(at(receiver, "sns_configs"), "sns_configs"):
            yield text(at(sent, "topic_arn"), "topic_arn")


def _keys_of(topic: str, graph: Graph) -> Iterator[tuple[str, str]]:
    """The key of a topic that is in view, with each of its aliases."""
    for made in graph.of_type(_TOPIC):
        named = text(at(made.inputs, "kmsMasterKeyId"), "kmsMasterKeyId") if topic in made.known_as else ""
        for key in graph.of_type(_KEY) if named else ():
            if named in key.known_as:
                for alias in pointing_at(graph, key, _ALIAS, "targetKeyId"):
                    yield named, text(at(alias.inputs, "name"), "name")
