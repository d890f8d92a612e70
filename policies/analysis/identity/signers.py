"""Who signs with which key in KMS: the workers of the loops, each kind with one of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.analysis.iam.identities import Identity
from policies.analysis.iam.sessions import workloads
from policies.engine.graph import Graph
from policies.engine.neighbours import pointing_at
from policies.engine.values import at, text

SIGNER: Final = "slipway:loops:Signer"
NAMESPACE: Final = "loops"
_PROGRAM: Final = "loop-worker"
_KEY: Final = "aws:kms/key:Key"
_ALIAS: Final = "aws:kms/alias:Alias"


def signing(graph: Graph, namespace: str, account: str) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """The program of an account that signs, with the key that is declared for it."""
    for signer in graph.of_type(SIGNER) if namespace == NAMESPACE else ():
        if text(at(signer.inputs, "account"), "account") != account:
            continue
        alias = text(at(signer.inputs, "alias"), "alias")
        for key in graph.of_type(_KEY):
            arn = key.outputs.get("arn")
            named = [
                text(a.inputs.get("name"), "name") for a in pointing_at(graph, key, _ALIAS, "targetKeyId")
            ]
            if alias in named and isinstance(arn, str):
                yield _PROGRAM, {"key": [arn], "alias": [alias]}


def signs(graph: Graph, namespace: str, account: str) -> bool:
    """Whether a key is declared for an account."""
    return namespace == NAMESPACE and any(
        text(at(signer.inputs, "account"), "account") == account for signer in graph.of_type(SIGNER)
    )


def sessions(graph: Graph) -> Mapping[str, Identity]:
    """What pods get by each association, by the association's URN."""
    return {identity.holder.urn: identity for identity in workloads(graph) if identity.holder}
