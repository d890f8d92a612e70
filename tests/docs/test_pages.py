"""Every component and every setting is described."""

import ast
import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from stacks.settings import StackSettings
from tests.conftest import ROOT

PAGES = ROOT / "docs" / "components"


def _classes() -> Iterator[tuple[str, str]]:
    """(module, class) of everything in components/ that is a PlatformComponent, read without running it."""
    for path in sorted((ROOT / "components").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and base.id == "PlatformComponent" for base in node.bases
            ):
                yield path.stem, node.name


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every settings model that a stack file may hold, with the page it belongs to."""
    todo: list[type[BaseModel]] = [StackSettings]
    seen: set[type[BaseModel]] = set()
    while todo:
        model = todo.pop()
        if model in seen:
            continue
        seen.add(model)
        todo.extend(m for field in model.model_fields.values() for m in _models(field.annotation))
        package, _, module = model.__module__.rpartition(".")
        yield (f"components/{module}.md" if package.startswith("components") else f"{package}.md"), model


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _pages() -> dict[str, str]:
    pages = [*PAGES.glob("*.md"), ROOT / "docs" / "bootstrap.md"]
    return {path.stem: path.read_text(encoding="utf-8") for path in pages if path.exists()}


def test_the_walks_find_what_they_look_for():
    assert ("cluster", "Cluster") in set(_classes())
    pages = {page for page, _ in _sections()}
    assert {"stacks.md", "components/cluster_access.md", "components/gpu_pool.md"} <= pages


@pytest.mark.parametrize(("module", "name"), sorted(_classes()))
def test_every_component_has_a_page_or_is_named_in_one(module: str, name: str):
    pages = _pages()

    is_described = module in pages or any(
        re.search(rf"\b({module}\.py|{name})\b", text) for text in pages.values()
    )

    assert is_described, (
        f"docs/components/{module}.md does not exist, and no page there names {module}.py or {name}"
    )


@pytest.mark.parametrize(("page", "model"), sorted(_sections(), key=str))
def test_every_setting_stands_in_its_page(page: str, model: type[BaseModel]):
    path = ROOT / "docs" / page
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [f for f in model.model_fields if not re.search(rf"`([\w.]+\.)?{f}\b[^`]*`", text)]

    assert missing == [], f"docs/{page} does not name these fields of {model.__name__}"
