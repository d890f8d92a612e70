"""A report and a bill as Markdown, from ``templates/``."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.core.markdown import cell, code
from gate.render.origins import Origins
from gate.render.page.mermaid import as_mermaid
from gate.render.picture.mermaid import as_mermaid as picture_as_mermaid
from gate.render.places import Places
from gate.report.cost import Cost, of_line, usd
from gate.report.report import Report

_TEMPLATES: Final = Path(__file__).parent / "templates"


def as_markdown(report: Report, origins: Origins | None = None) -> str:
    """Verdict first, then what a reviewer acts on, then what to know."""
    labels = {r.urn: r.label for r in report.resources}
    return (
        _markdown()
        .get_template("report.md.j2")
        .render(
            report=report,
            drawn=as_mermaid(report.flows),
            pictured=picture_as_mermaid(report.picture),
            label=lambda urn: labels.get(urn, urn),
            place=Places(report, origins).first,
            **report.summary,
        )
    )


def cost_as_markdown(cost: Cost, subject: str) -> str:
    """What something costs a month, under a heading that names it."""
    return f"# {cell(subject)}\n\n" + _markdown().get_template("cost.md.j2").render(cost=cost)


def _markdown() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 Markdown, not HTML; `cell` neutralises what would break a table
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": cell, "code": code, "usd": usd, "units": of_line}
    return environment
