"""What must hold for notebooks of SageMaker: no way to the internet, and no root."""

from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"


def _open_notebook(notebook: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, problem in (
        ("directInternetAccess", "is on: the notebook reaches the internet past every rule of the network"),
        ("rootAccess", "is on: whoever opens the notebook is root"),
    ):
        value = text(at(notebook.inputs, path), path)
        if (value or "Enabled") == "Enabled":
            yield Offence(path=path, problem=problem, value=value or None)


RULES: tuple[Rule, ...] = (
    Rule(
        id="notebooks-stay-inside",
        severity="high",
        applies_to=(NOTEBOOK,),
        why="A notebook holds data and credentials, and runs whatever somebody pastes into it.",
        fix="Set directInternetAccess and rootAccess to Disabled, and give it a subnet.",
        check=_open_notebook,
    ),
)
