"""Where the account is kept between two runs of the engine."""

import json
from pathlib import Path

from tools.rehearsal.account.answers import Site


def keep(site: Site, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.json").write_text(json.dumps(vars(site)), encoding="utf-8")


def site_of(folder: Path) -> Site:
    return Site(**json.loads((folder / "site.json").read_text(encoding="utf-8")))
