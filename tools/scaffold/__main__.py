"""``make new-rule`` and ``make new-component``: the files of one, from templates; nothing that exists is touched."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import jinja2
import typer

from policies.engine.catalog import DOMAINS, RULES

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 Python and Markdown, not HTML
)
CONTROLS: Final = "policies/controls.yaml"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def snake(words: str) -> str:
    return words.replace("-", "_")


def nested(path: str) -> str:
    """The Python text of inputs that hold ``value`` at a dotted path."""
    text = "value"
    for step in reversed(path.split(".")):
        text = f'{{"{step}": {text}}}'
    return text


def problems_of_rule(rule: str, domain: str, type_: str, path: str) -> list[str]:
    """Everything that is wrong with what was asked for; a page of questions answered at once."""
    found = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule):
        found.append(
            f"RULE={rule}: a statement of the good state in kebab-case, such as queues-are-encrypted"
        )
    if rule in {one.id for one in RULES}:
        found.append(f"RULE={rule}: there is a rule of this id ({DOMAINS[rule]})")
    if domain not in set(DOMAINS.values()):
        found.append(f"DOMAIN={domain}: one of {', '.join(sorted(set(DOMAINS.values())))}")
    if not re.fullmatch(r"[a-z][\w.-]*:[\w./-]+:[A-Z]\w*", type_):
        found.append(
            f"TYPE={type_}: a Pulumi type, such as aws:sqs/queue:Queue or kubernetes:apps/v1:Deployment"
        )
    if not re.fullmatch(r"[a-z]\w*(\.[a-zA-Z]\w*)*", path):
        found.append(
            f"PROPERTY={path}: a property path of inputs, such as sqsManagedSseEnabled or spec.paused"
        )
    return found


def write(files: Mapping[str, str], root: Path) -> None:
    """Write all files, or none where one exists already."""
    there = [path for path in files if (root / path).exists()]
    if there:
        sys.exit("\n".join(f"{path}: exists already" for path in there))
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        package = root / path
        if package.suffix == ".py" and not (package.parent / "__init__.py").exists():
            (package.parent / "__init__.py").touch()
        package.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")


@app.command()
def rule(  # noqa: PLR0917 options, which are named when called
    rule_id: Annotated[str, typer.Option("--rule")],
    domain: Annotated[str, typer.Option()],
    type_: Annotated[str, typer.Option("--type")],
    property_: Annotated[str, typer.Option("--property")],
    severity: Annotated[Literal["critical", "high", "medium", "low"], typer.Option()] = "medium",
    root: Annotated[Path, typer.Option()] = ROOT,
) -> None:
    """Begin a rule that a property is true, with its cases and its line in the table of controls."""
    wrong = problems_of_rule(rule_id, domain, type_, property_)
    if wrong:
        sys.exit("\n".join(wrong))
    kind = type_.rpartition(":")[2]
    told = {
        "id": rule_id, "words": rule_id.replace("-", " "), "domain": domain, "module": snake(rule_id), "type": type_,
        "kind": kind, "property": property_, "severity": severity, "inputs": nested(property_),
        "constant": re.sub(r"(?<!^)(?=[A-Z])", "_", kind).upper(),
        "argument": re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower(),
    }  # fmt: skip
    write(
        {
            f"policies/rules/{domain}/{snake(rule_id)}.py": TEMPLATES.get_template("rule.py.j2").render(told),
            f"tests/policies/rules/{domain}/test_{snake(rule_id)}.py": TEMPLATES.get_template(
                "rule_test.py.j2"
            ).render(told),
        },
        root,
    )
    controls = root / CONTROLS
    text = controls.read_text(encoding="utf-8")
    entry = f'  {rule_id}: {{none: "say which control it holds, or why none asks"}}\nchecks:\n'
    controls.write_text(text.replace("checks:\n", entry, 1), encoding="utf-8")
    sys.stdout.write(
        f"added a line to {CONTROLS}\nnext: edit these three, then make docs, python -m tests.make_golden, "
        f"make test-domain DOMAIN=policies/rules/{domain}\n"
    )


@app.command()
def component(
    name: Annotated[str, typer.Option()],
    area: Annotated[str, typer.Option()],
    root: Annotated[Path, typer.Option()] = ROOT,
) -> None:
    """Begin a component: settings, arguments, handle and class, its test and its page."""
    wrong = [
        f"{key}={value}: lower-case words joined by {sign}"
        for key, value, sign in (("NAME", name, "-"), ("AREA", area, "_"))
        if not re.fullmatch(rf"[a-z][a-z0-9]*({sign}[a-z0-9]+)*", value)
    ]
    if wrong:
        sys.exit("\n".join(wrong))
    section = snake(name)
    title = "".join(part.capitalize() for part in name.split("-"))
    told = {"name": name, "area": area, "section": section, "title": title}
    write(
        {
            f"components/{area}/{section}.py": TEMPLATES.get_template("component.py.j2").render(told),
            f"tests/components/{area}/test_{section}.py": TEMPLATES.get_template(
                "component_test.py.j2"
            ).render(told),
            f"docs/components/{section}.md": TEMPLATES.get_template("component.md.j2").render(told),
        },
        root,
    )
    sys.stdout.write(
        "next: CONTRIBUTING.md, Adding a component, from its section in the stack file on; then make test-domain "
        f"DOMAIN=components/{area}\n"
    )


if __name__ == "__main__":
    app()
