"""Where this checkout stands: the folder of ``__main__.py``, ``stacks/``, ``releases/`` and ``policies/``."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
"""Known without reading a stack file, whose settings import every component and Pulumi."""
