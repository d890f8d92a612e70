"""The folder of one rehearsal: a copy of the project, the engine's state, the simulated account, plugins."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_COPIED: Final = ("components", "stacks", "releases", "facts", "runtime")
PASSPHRASE: Final = "rehearsal"  # noqa: S105 it seals a state that ends with the rehearsal


@dataclass(frozen=True)
class Home:
    """Where its parts are."""

    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def account(self) -> Path:
        return self.folder / "account"

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    @property
    def plugins(self) -> Path:
        return self.folder / "pulumi" / "plugins"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """What the engine is run with: nothing of the caller's account, and no download of a plugin."""
        return {
            "HOME": str(self.folder),
            "PATH": f"{self.programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PULUMI_HOME": str(self.folder / "pulumi"),
            # Without the files that keep attributes beside each state: a killed engine leaves them empty, and the state
            # unreadable. A bucket puts an object whole, so that this is no rehearsal of one.
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log, as the automation API sets it
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }


def furnish(folder: Path) -> Home:
    """Copy the project and put the plugins where the engine looks for them; Kubernetes' is the simulated one."""
    home = Home(folder)
    for made in (home.account, home.objects, home.programs, home.logs, folder / "state", home.project):
        made.mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copyfile(ROOT / name, home.project / name)
    for name in _COPIED:
        shutil.copytree(ROOT / name, home.project / name, ignore=shutil.ignore_patterns("__pycache__"))
    _script(home.programs / "pulumi-language-python", "tools.rehearsal.language_host")
    for package, module, kept in (
        ("aws", "tools.rehearsal.account.plugin", home.account),
        ("kubernetes", "tools.rehearsal.objects.provider", home.objects),
    ):
        plugin = home.plugins / f"resource-{package}-v{version(f'pulumi-{package}')}"
        plugin.mkdir(parents=True)
        _script(plugin / f"pulumi-resource-{package}", f'{module} "{kept}"')
    return home


def connect(home: Home, provider: Path, variables: Mapping[str, str], token: str) -> None:
    """Put Pulumi's own Kubernetes provider in the simulated one's place, and ``aws eks get-token`` on the path."""
    (plugin,) = home.plugins.glob("resource-kubernetes-*/pulumi-resource-kubernetes")
    said = " ".join(f'{name}="{value}"' for name, value in variables.items())
    _write(plugin, f'{said} exec "{provider}" "$@"')
    _script(home.programs / "aws", f'tools.rehearsal.cluster.get_token "{home.account}" "{token}" "$@"')


def _script(path: Path, module: str) -> None:
    _write(path, f'PYTHONPATH="{ROOT}" PYTHONWARNINGS=ignore exec "{sys.executable}" -m {module}')


def _write(path: Path, run: str) -> None:
    path.write_text(f"#!/bin/sh\n{run}\n", encoding="utf-8")
    path.chmod(0o755)
