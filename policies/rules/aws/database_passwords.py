"""What must hold for passwords of data stores: none stands in plain text in the program."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.property_paths import dotted
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import known

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
)
