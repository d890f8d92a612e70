"""What a project file may say: the rest changes which program runs, with what, and where, and nobody judges it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from facts.strict_yaml import YamlProblem, load

FILE: Final = "Pulumi.yaml"
_PLAIN: Final = frozenset({"name", "description", "author", "website", "license"})
_DEFAULTS: Final = "pulumi:disable-default-providers"
_REFUSED: Final = {
    "plugins": "its providers are programs that nobody here checked",
    "packages": "its providers are programs that nobody here checked",
    "template": "it sets configuration of stacks that are made from it",
}


def project_problems(folder: Path, program: Path, name: str) -> list[str]:
    """What is wrong with the project file of a folder; nothing where it has none.

    Args:
        folder: holds the file, and ``stacks/`` beside it.
        program: the folder of the program that the gate runs for it.
        name: the project's, of which configuration keys and stack references are made.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        data = load(path.read_text(encoding="utf-8"), FILE)
    except (YamlProblem, UnicodeDecodeError, OSError) as problem:
        return [f"{FILE}: {str(problem).removeprefix(f'{FILE}: ')}"]
    if not isinstance(data, Mapping):
        return [f"{FILE}: should be a mapping (got {data!r})"]
    return [f"{FILE}: {line}" for line in _problems(data, folder, program, name)]


def _problems(data: Mapping[str, Any], folder: Path, program: Path, name: str) -> Iterator[str]:
    if data.get("name") != name:
        yield f"name: must be {name!r}, of which configuration keys are made (got {data.get('name')!r})"
    runs = (folder / str(data.get("main", "."))).resolve()
    if runs != program.resolve():
        yield f"main: {data.get('main', 'not set')} is another program than the one that is judged"
    if data.get("stackConfigDir") != "stacks":
        yield f"stackConfigDir: must be 'stacks', whose files are judged (got {data.get('stackConfigDir')!r})"
    yield from _runtime(data.get("runtime"), folder, program)
    yield from _config(data.get("config"))
    yield from _backend(data.get("backend"))
    for key in data:
        if key not in _PLAIN | {"main", "stackConfigDir", "runtime", "config", "backend"}:
            yield f"{key}: {_REFUSED.get(str(key), 'unknown key: nobody judges what it changes')}"


def _runtime(runtime: Any, folder: Path, program: Path) -> Iterator[str]:
    if not isinstance(runtime, Mapping) or runtime.get("name") != "python":
        yield f"runtime.name: must be 'python', as the gate runs the program (got {runtime!r})"
        return
    options = runtime.get("options")
    options = options if isinstance(options, Mapping) else {}
    if options.get("toolchain") != "pip":
        yield f"runtime.options.toolchain: must be 'pip' (got {options.get('toolchain')!r})"
    where = (folder / str(options.get("virtualenv", ""))).absolute()
    if where.name != ".venv" or where.parent.resolve() not in {program.resolve(), program.resolve().parent}:
        yield f"runtime.options.virtualenv: must be the checkout's .venv (got {options.get('virtualenv')!r})"
    for key in sorted({*runtime} - {"name", "options"} | {*options} - {"toolchain", "virtualenv"}):
        yield f"runtime: unknown key {key}: nobody judges what it changes"


def _config(config: Any) -> Iterator[str]:
    config = config if isinstance(config, Mapping) else {}
    if config.get(_DEFAULTS) != ["*"]:
        yield f"config.{_DEFAULTS}: must be ['*']: a resource without a provider goes to wherever the shell points"
    for key in config:
        if key != _DEFAULTS:
            yield f"config.{key}: no stack file says it, so nobody judges what it changes"


def _backend(backend: Any) -> Iterator[str]:
    url = backend.get("url", "") if isinstance(backend, Mapping) else backend
    if backend is not None and not str(url).startswith("s3://"):
        yield f"backend.url: must be an s3:// bucket, which the bootstrap makes (got {url!r})"
