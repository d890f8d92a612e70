"""What no linter sees: how the parts may know each other, and traps that other blueprints fell into."""

import ast
import importlib
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from components.foundation.base import PlatformComponent
from stacks.handles import Section
from stacks.platform_handles import PlatformHandles

ROOT = Path(__file__).parent.parent
PACKAGES = ("components", "facts", "gate", "policies", "releases", "stacks")
CODE = [*sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py")), ROOT / "__main__.py"]
PROVISIONING = [p for p in CODE if p.parts[len(ROOT.parts)] in {"components", "stacks", "releases", "facts"}]
COMPONENTS = [p for p in CODE if p.parts[len(ROOT.parts)] == "components" and p.stem != "__init__"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SECTIONS = {name: s.handle for name, s in vars(PlatformHandles).items() if isinstance(s, Section)}


def shown(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def trees(paths):
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def walked(paths):
    return [(path, node) for path, tree in trees(paths) for node in ast.walk(tree)]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_the_program_is_a_table_of_contents():
    assert len((ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 270


def test_files_fit_a_reader():
    long = {
        str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in [*CODE, *TESTS]
    }
    assert {name: lines for name, lines in long.items() if lines > 300} == {}
    assert {
        name: lines for name, lines in long.items() if lines > 265 and not name.startswith("tests/")
    } == {}


def test_no_constructor_is_longer_than_a_screen():
    assert [
        shown(path, node)
        for path, node in walked(CODE)
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        if node.end_lineno - node.body[0].lineno > 65
    ] == []


def test_configuration_has_one_reader():
    readers = [
        shown(path, node)
        for path, node in walked(CODE)
        if isinstance(node, ast.Attribute) and dotted(node) == "pulumi.Config"
    ]
    assert [r.partition(":")[0] for r in readers] == ["__main__.py"]


LOOKUP = re.compile(r"^(aws|k8s|pulumi_aws|pulumi_kubernetes)\.(.*\.)?(get_\w+|get|invoke)$")


def test_nothing_that_provisions_looks_anything_up():
    assert [
        shown(path, node)
        for path, node in walked(PROVISIONING)
        if isinstance(node, ast.Attribute) and LOOKUP.match(dotted(node))
    ] == []


MOVING = {
    "os.environ",
    "os.getenv",
    "time.time",
    "datetime.now",
    "datetime.today",
    "date.today",
    "uuid.uuid4",
}
MODULES = {"random", "secrets", "socket", "subprocess", "urllib.request", "boto3", "requests", "time"}


def test_nothing_that_provisions_or_judges_reads_clock_chance_or_surroundings():
    # The pack's front door may: it hands on what the engine tells it. Who signed a commit is known by git alone, which
    # the gate has asked before it runs the program.
    doors = {ROOT / "policies" / "__main__.py", ROOT / "releases" / "history.py"}
    places = [p for p in CODE if p.parts[len(ROOT.parts)] != "gate" and p not in doors]
    found = [
        f"{shown(path, node)} {dotted(node)}"
        for path, node in walked(places)
        if isinstance(node, ast.Attribute) and any(dotted(node).endswith(m) for m in MOVING)
    ]
    imported = [
        f"{shown(path, node)} {alias.name}"
        for path, node in walked(places)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in MODULES
    ]
    assert found + imported == []


def test_no_message_is_cut_off():
    """A string on a line of its own says nothing: the rest of a message whose brackets closed too early."""
    lost = []
    for path, tree in trees(CODE):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for stmt in function.body for n in ast.walk(stmt) if isinstance(n, ast.Expr)]
                texts = [n for n in inner if isinstance(n.value, ast.JoinedStr | ast.Constant)]
                lost += [shown(path, n) for n in texts if n is not function.body[0] and not _is_ellipsis(n)]
    assert lost == []


def _is_ellipsis(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Constant) and node.value.value is Ellipsis


def test_no_resource_is_made_inside_an_apply():
    """It would be missing from every preview in which the value is unknown."""
    inside = []
    for path, node in walked(PROVISIONING):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "apply":
            names = {dotted(n.func) for a in node.args for n in ast.walk(a) if isinstance(n, ast.Call)}
            inside += [
                f"{shown(path, node)} {n}" for n in names if n.startswith(("aws.", "KubernetesObject"))
            ]
    assert inside == []


def component_classes():
    for path in COMPONENTS:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        yield from (
            v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__
        )


@pytest.mark.parametrize(
    "kind", [c for c in component_classes() if is_dataclass(c) and c.__name__.endswith("Args")]
)
def test_args_take_handles_and_no_components(kind):
    for field in fields(kind):
        assert not (isinstance(field.type, type) and issubclass(field.type, PlatformComponent)), field.name


def test_the_program_looks_no_field_up_by_name():
    """Every arrow between components can be followed with a finger."""
    program = [ROOT / "__main__.py", ROOT / "stacks" / "handles.py", ROOT / "stacks" / "platform_handles.py"]
    looked_up = {"getattr", "setattr", "vars", "fields"}
    assert [
        f"{path.name}:{node.lineno}"
        for path, tree in trees(program)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in looked_up
    ] == []


def test_every_component_has_a_type_of_its_own():
    types = [
        c.TYPE for c in component_classes() if issubclass(c, PlatformComponent) and c is not PlatformComponent
    ]
    assert len(types) == len(set(types)) > 20
    assert [t for t in types if not re.fullmatch(r"slipway:[a-z]+:[A-Z][A-Za-z]+", t)] == []


def test_every_module_of_rules_has_a_test_of_its_own():
    rules = ROOT / "policies" / "rules"
    modules = [p.relative_to(rules) for p in rules.rglob("*.py") if p.name != "__init__.py"]
    tests = ROOT / "tests" / "policies" / "rules"
    assert sorted(str(m) for m in modules if not (tests / m.parent / f"test_{m.name}").exists()) == []


def test_every_test_file_is_collected():
    silent = [
        str(path.relative_to(ROOT))
        for path, tree in trees(TESTS)
        if not path.name.startswith("test_")
        and any(isinstance(n, ast.FunctionDef) and n.name.startswith("test_") for n in tree.body)
    ]
    assert silent == []


IGNORE = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<codes>[^#]*)")


def test_every_silenced_check_names_itself_and_its_reason():
    bare = []
    for path in CODE:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = IGNORE.search(line)
            if found:
                rest = re.sub(r"^[:\s\[]*[A-Z]*[0-9a-z-]*(?:,\s*[A-Z]+\d+)*\]?", "", found["codes"])
                reason = rest.strip() or line.partition(found[0])[2].strip(" #")
                if len(reason.split()) < 2:
                    bare.append(f"{path.relative_to(ROOT)}:{number}")
    assert bare == []


def test_python_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == f">={project['tool']['mypy']['python_version']}"
