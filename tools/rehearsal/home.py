"""The folder of one rehearsal: a copy of the project, the engine's state, the simulated account, plugins."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_COPIED: Final = ("components", "stacks", "releases", "facts", "bootstrap")
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
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        }


def furnish(folder: Path, kubernetes_provider: Path, registry: int, authority: Path) -> Home:
    """Copy the project and put the plugins where the engine looks for them.

    ``registry`` is the port of the stand-in for chart registries, ``authority`` the certificate that it shows.
    """
    home = Home(folder)
    for made in (home.account, home.programs, home.logs, folder / "state"):
        made.mkdir(parents=True)
    home.project.mkdir()
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copyfile(ROOT / name, home.project / name)
    for name in _COPIED:
        shutil.copytree(ROOT / name, home.project / name, ignore=shutil.ignore_patterns("__pycache__"))
    python = f'PYTHONPATH="{ROOT}" PYTHONWARNINGS=ignore exec "{sys.executable}"'
    _script(home.programs / "pulumi-language-python", f"{python} -m tools.rehearsal.language_host")
    aws = _plugin(home, "aws", version("pulumi-aws"))
    _script(aws, f'{python} -m tools.rehearsal.account.plugin "{home.account}"')
    kubernetes = _plugin(home, "kubernetes", version("pulumi-kubernetes"))
    proxy = f'export HTTPS_PROXY="http://127.0.0.1:{registry}" SSL_CERT_FILE="{authority}"\n'
    _script(kubernetes, f'{proxy}exec "{kubernetes_provider}" "$@"')
    return home


def sign_in(home: Home, token: str) -> None:
    """The stand-in for ``aws eks get-token``: the Kubernetes provider runs it for its credential."""
    said = (
        '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", '
        f'"status": {{"token": "{token}"}}}}'
    )
    _script(home.programs / "aws", f"echo '{said}'")


def _plugin(home: Home, name: str, version_: str) -> Path:
    folder = home.plugins / f"resource-{name}-v{version_}"
    folder.mkdir(parents=True)
    return folder / f"pulumi-resource-{name}"


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
