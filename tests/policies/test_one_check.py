"""No two rules have one check: the same function asked the same, or the same code under other names."""

import ast
from collections import defaultdict
from functools import partial

from policies.engine.catalog import RULES
from policies.engine.rule import Rule
from tests.conftest import ROOT

LARGE = 45
"""Nodes of code above which two bodies of one shape are one check; below it are calls of one function each."""


class Shape(ast.NodeTransformer):
    """Code without its names, attributes and values, each of which counts by where it stands first."""

    def __init__(self):
        self.names = {}

    def numbered(self, name):
        return self.names.setdefault(name, f"n{len(self.names)}")

    def visit_Name(self, node):
        node.id = self.numbered(node.id)
        return node

    def visit_arg(self, node):
        node.arg, node.annotation = self.numbered(node.arg), None
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        node.attr = self.numbered(f".{node.attr}")
        return node

    def visit_Constant(self, node):
        node.value = 0
        return node

    def visit_JoinedStr(self, _node):
        return ast.Constant(value=0)


def alike(sources: dict[str, str]) -> list[list[str]]:
    """Functions whose bodies have one shape, as ``file:function``."""
    found = defaultdict(list)
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                module = ast.Module(body, [])
                if sum(1 for _ in ast.walk(module)) >= LARGE:
                    found[ast.dump(Shape().visit(module))].append(f"{file}:{node.name}")
    return [names for names in found.values() if len(names) > 1]


def asked(rule: Rule) -> tuple[object, ...]:
    check = rule.check
    if isinstance(check, partial):
        return (check.func, check.args, tuple(sorted(check.keywords.items())))
    return (check, (), ())


def shared(rules) -> list[list[str]]:
    found = defaultdict(list)
    for rule in rules:
        found[asked(rule)].append(rule.id)
    return [ids for ids in found.values() if len(ids) > 1]


def test_no_two_rules_ask_the_same_function_the_same():
    assert shared(RULES) == []


def test_no_two_checks_are_one_code_under_other_names():
    rules = ROOT / "policies" / "rules"
    assert (
        alike({str(p.relative_to(rules)): p.read_text(encoding="utf-8") for p in rules.rglob("*.py")}) == []
    )


def test_both_are_shown_red():
    one = '''
def _plain_queue(queue, graph):
    """Queues."""
    for index, entry in enumerate(listed(at(queue.inputs, "entries"), "entries")):
        if entry.key != "kms" and not graph.waits_for(queue.urn):
            yield Offence(path=f"entries[{index}]", problem="is plain", value=entry)
'''
    other = (
        one.replace("queue", "topic").replace("entries", "rows").replace("kms", "aes").replace("entry", "row")
    )
    assert alike({"a.py": one, "b.py": other}) == [["a.py:_plain_queue", "b.py:_plain_topic"]]
    assert alike({"a.py": one, "b.py": other.replace("and not", "or not")}) == []

    def check(_resource, _graph, **_asks):
        return ()

    def rule(id_, asks):
        return Rule(id=id_, applies_to=("t",), why="", fix="", check=partial(check, **asks))

    assert shared([rule("a", {"field": "x"}), rule("b", {"field": "x"})]) == [["a", "b"]]
    assert shared([rule("a", {"field": "x"}), rule("b", {"field": "y"})]) == []
