"""``make dashboards``: writes Grafana's JSON of each page, and draws each into ``build/dashboards``."""

import sys
from pathlib import Path
from typing import Final

from components.observability.dashboards.pages import FOLDER, PAGES
from tools.dashboards.draw import DrawError, picture, prometheus
from tools.dashboards.grafana import as_json

_TARGET: Final = Path("build") / "dashboards"


def main() -> int:
    """2 where something cannot be drawn; the JSON is written all the same."""
    for page in PAGES:
        (FOLDER / f"{page.name}.json").write_text(as_json(page), encoding="utf-8")
    _TARGET.mkdir(parents=True, exist_ok=True)
    try:
        with prometheus() as address:
            for page in PAGES:
                picture(page, address, _TARGET / f"{page.name}.png")
                print(f"{_TARGET / page.name}.png: {page.title}, {len(page.panels)} panels")
    except DrawError as error:
        print(f"dashboards: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
