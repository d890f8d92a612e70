"""Where a chart's source is on this machine: a folder or an archive somebody names, or the pinned Go module."""

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from facts.pins import ChartSource, chart_sources

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARED = ROOT / ".cache" / "charts" / "sources"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A chart ready to be rendered, what it was made from, and the digest of its bytes."""

    path: Path
    made_from: str
    digest: str


class SourceError(RuntimeError):
    """A chart's source cannot be had, or is not as its pin says."""


def source_of(chart: str, version: str, given: Path | None) -> Source | None:
    """The source of a chart at a version; nothing where none is named and no module carries it.

    Raises:
        SourceError: what was named is another chart or version, or a module is not as the pins say.
    """
    if given is not None:
        return _given(chart, version, given)
    pin = chart_sources().get(chart)
    return None if pin is None else _from_module(chart, version, pin)


def _given(chart: str, version: str, path: Path) -> Source:
    if path.is_file():  # the archive that registries hand out
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        said = _chart_yaml_of_archive(path)
    elif (path / "Chart.yaml").is_file():
        digest, said = _digest(path), (path / "Chart.yaml").read_text(encoding="utf-8")
    else:
        raise SourceError(f"{chart}: {path.name}: neither an archive nor a folder with a Chart.yaml")
    for key, expected in (("name", chart), ("version", version)):
        got = _said(said, key)
        if got.removeprefix("v") != expected.removeprefix("v"):
            raise SourceError(f"{chart}: Chart.yaml: {key}: {got!r}, and the pin is {expected!r}")
    return Source(path=path, made_from=f"the published chart {chart} {version}", digest=f"sha256:{digest}")


def _chart_yaml_of_archive(path: Path) -> str:
    shown = subprocess.run(  # noqa: S603 a file its owner names
        ["tar", "-xzOf", str(path), "--wildcards", "--no-wildcards-match-slash", "*/Chart.yaml"],  # noqa: S607 whichever tar is installed
        check=False,
        capture_output=True,
        text=True,
    )
    if shown.returncode:
        raise SourceError(f"{path.name}: no chart is in it: {shown.stderr.strip()}")
    return shown.stdout


def _said(text: str, key: str) -> str:
    found = re.search(rf"^{key}:\s*(\S+)\s*$", text, re.MULTILINE)
    return found.group(1).strip("\"'") if found else ""


def _from_module(chart: str, version: str, pin: ChartSource) -> Source:
    folder = _module(pin) / pin.folder
    if not folder.is_dir():
        raise SourceError(f"{chart}: {pin.module} {pin.version} has no folder {pin.folder}")
    target = PREPARED / f"{chart}-{version}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # modules are read-only
    for old, new in pin.renamed.items():
        (target / old).replace(target / new)
    for name, texts in pin.texts.items():
        _replace(chart, target / name, texts)
    _versioned(target / "Chart.yaml", version)
    near = f" ({pin.near})" if pin.near else ""
    return Source(
        path=target,
        made_from=f"Go module {pin.module} {pin.version}, {pin.folder}{near}",
        digest=f"sha256:{_digest(target)}",
    )


def _module(pin: ChartSource) -> Path:
    found = subprocess.run(  # noqa: S603 the arguments are pins of this project
        ["go", "mod", "download", "-json", f"{pin.module}@{pin.version}"],  # noqa: S607 whichever Go is installed
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT / "tools",
    )
    if found.returncode:
        raise SourceError(f"{pin.module} {pin.version}: cannot be had: {found.stdout} {found.stderr}".strip())
    return Path(json.loads(found.stdout)["Dir"])


def _replace(chart: str, path: Path, texts: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in texts.items():
        if old not in text:
            raise SourceError(f"{chart}: {path.name} holds no {old!r} to replace")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _versioned(path: Path, version: str) -> None:
    """A chart's version and its application's, which packaging sets: the pinned one for both."""
    text = path.read_text(encoding="utf-8")
    for key in ("version", "appVersion"):
        text = re.sub(rf"^{key}:.*$", f'{key}: "{version}"', text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


def _digest(folder: Path) -> str:
    """Of names and bytes of every file, so that two machines agree."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
