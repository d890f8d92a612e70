"""What must hold for IMDS, the instance metadata service: only IMDSv2 is answered, and it is out of the pods' reach.

Node classes of Karpenter have the same rule in ``policies/rules/karpenter/node_classes.py``; that pods cannot call
the service over the network is one of ``policies/rules/kubernetes/network_policies.py``.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.machines import imds
from policies.analysis.machines.types import TEMPLATE
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, listed

INSTANCES: Final = (
    "aws:ec2/instance:Instance",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
)


def _of_template(template: Resource, _graph: Graph, *, wants_hops: bool = False) -> Iterable[Offence]:
    yield from imds.offences(at(template.inputs, "metadataOptions"), "metadataOptions", wants_hops=wants_hops)


def _of_instance(instance: Resource, _graph: Graph) -> Iterable[Offence]:
    options = listed(at(instance.inputs, "metadataOptions"), "metadataOptions")
    if not at(instance.inputs, "launchTemplate"):  # which says it for the instance
        yield from imds.offences(options[0] if options else {}, "metadataOptions", has_pods=False)


RULES: tuple[Rule, ...] = (
    Rule(
        id="launch-templates-require-imdsv2",
        severity="high",
        aliases=("template-metadata-is-out-of-reach",),
        applies_to=(TEMPLATE,),
        why="Whoever reads instance metadata has the node's credentials, and with them every pod's on it.",
        fix="metadata_options: http_tokens required, http_put_response_hop_limit 1.",
        check=_of_template,
        on_platform=Variant(
            "The hop limit is written down: the image decides otherwise.",
            partial(_of_template, wants_hops=True),
        ),
        same_as=("CKV_AWS_79",),
    ),
    Rule(
        id="ec2-requires-imdsv2",
        severity="high",
        aliases=("machine-metadata-needs-a-token",),
        applies_to=INSTANCES,
        why="A request that a program is tricked into reads the machine's credentials.",
        fix="Set metadataOptions.httpTokens to required.",
        check=_of_instance,
    ),
)
