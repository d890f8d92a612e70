"""``python -m runtime.loops``: workers, the receiver, and what people do with runs."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runtime.loops import begin, names, show, starting
from runtime.loops.build import world_of
from runtime.loops.events.signing import KeyFile, make_key
from runtime.loops.people.statements import known_keys
from runtime.loops.replay import fetched, recorded, replayed, saved
from runtime.loops.serve import receive, work
from runtime.loops.settings import LoopsError, LoopsSettings, load_settings
from runtime.loops.worker import WORKFLOWS

ERROR = 2


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; what a person has to mend is one message and exit code 2."""
    asked = _parser().parse_args(words)
    try:
        return int(asyncio.run(asked.run(asked)))
    except LoopsError as error:
        print(error, file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        return 130


async def _work(asked: argparse.Namespace) -> int:
    await work(load_settings(asked.settings), asked.kind or list(WORKFLOWS))
    return 0


async def _receive(asked: argparse.Namespace) -> int:
    await receive(load_settings(asked.settings), asked.host, asked.port)
    return 0


async def _check(asked: argparse.Namespace) -> int:
    settings = load_settings(asked.settings)
    world = world_of(settings)
    print(f"{asked.settings} is well-formed; policies {getattr(world.policy, 'digest', '')}")
    return 0


async def _key(asked: argparse.Namespace) -> int:
    try:
        make_key(asked.private, asked.public)
    except OSError as error:
        raise LoopsError(f"{error.filename}: {error.strerror}") from None
    return 0


async def _public_key(asked: argparse.Namespace) -> int:
    """Write the public half of a key in KMS, to be committed in releases/keys."""
    from runtime.loops.events.kms import KmsKey, kms_client  # noqa: PLC0415 botocore takes half a second

    try:
        pem = KmsKey.load(kms_client(asked.region), asked.key).public_pem
        with asked.public.open("xb") as file:
            file.write(pem)
    except OSError as error:
        raise LoopsError(f"{asked.public}: {error.strerror}") from None
    except ValueError as error:
        raise LoopsError(str(error)) from None
    return 0


async def _rollout(asked: argparse.Namespace) -> int:
    settings = load_settings(asked.settings)
    who, _ = _person(settings, asked.key)
    request = begin.rollout_request(settings, asked.model, asked.stable, asked.candidate, who)
    client = await starting.connect(settings.temporal)
    run = names.rollout_run(asked.model)
    await starting.start(client, "rollout", run, request)
    print(f"{run} runs: {asked.candidate} beside {asked.stable}, steps {list(request.bounds.steps)}")
    return 0


async def _begin(asked: argparse.Namespace) -> int:
    """Begin a run of a version: an evaluation, a look at its drift, or its end."""
    settings = load_settings(asked.settings)
    who, _ = _person(settings, asked.key)
    request: Any
    match asked.what:
        case "evaluate":
            run = names.evaluation_run(asked.model, asked.version)
            request = begin.evaluation_request(settings, asked.model, asked.version, stable=asked.stable)
        case "watch":
            run = names.drift_run(asked.model)
            request = begin.drift_request(settings, asked.model, asked.version)
        case _:
            run = names.end_run(asked.model, asked.version)
            request = begin.end_request(settings, asked.model, asked.version, who)
    client = await starting.connect(settings.temporal)
    await starting.start(client, names.kind_of(run), run, request)
    print(f"{run} runs")
    return 0


async def _runs(asked: argparse.Namespace) -> int:
    client = await starting.connect(load_settings(asked.settings).temporal)
    if asked.name:
        status = await starting.status_of(client, asked.name)
        _say(asked, show.plain(status), show.told(asked.name, status))
    else:
        found = await show.listed(client, asked.limit)
        _say(asked, found, show.table(found))
    return 0


async def _answer(asked: argparse.Namespace) -> int:
    settings = load_settings(asked.settings)
    who, key = _person(settings, asked.key)
    client = await starting.connect(settings.temporal)
    said = starting.Answer(run=asked.name, decision=asked.decision, who=who)
    question = await starting.answer(client, said, key)
    about = f": {question.text}" if question is not None and asked.decision != "aborted" else ""
    print(f"{who} {asked.decision} {asked.name}{about}")
    return 0


async def _replay(asked: argparse.Namespace) -> int:
    if asked.folder is not None:
        histories = recorded(asked.folder)
    else:
        client = await starting.connect(load_settings(asked.settings).temporal)
        histories = [await fetched(client, asked.name)]
        if asked.save is not None:
            print(f"saved {saved(histories[0], asked.save)}")
    found = await replayed(histories)
    for run, failure in sorted(found.items()):
        print(f"{run}: {failure or 'replays'}")
    return 1 if any(found.values()) else 0


def _person(settings: LoopsSettings, path: Path) -> tuple[str, KeyFile]:
    """Whose key this is: nobody types a name.

    Raises:
        LoopsError: it is no key, or nobody's who may answer here.
    """
    try:
        key = KeyFile.load(path)
        who = known_keys(Path(settings.people.keys)).owner(key.key)
    except (ValueError, PermissionError) as error:
        raise LoopsError(f"--key {path}: {error}") from None
    if "@" not in who:
        raise LoopsError(f"--key {path}: is the door {who}'s, not a person's")
    return who, key


def _say(asked: argparse.Namespace, data: Any, lines: Any) -> None:
    if asked.format == "json":
        print(json.dumps(data, indent=2))
    else:
        for line in lines:
            print(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runtime.loops", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Any, words: str, *, settings: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        if settings:
            command.add_argument("--settings", type=Path, required=True, help="the loops' settings (YAML)")
        return command

    worker = add("worker", _work, "work on the queues of these kinds, or of all")
    worker.add_argument("--kind", action="append", choices=list(WORKFLOWS))
    receiver = add("receive", _receive, "take alerts (POST /alerts) and answers (POST /decide)")
    receiver.add_argument("--host", default="127.0.0.1")
    receiver.add_argument("--port", type=int, default=0)
    add("check", _check, "say whether settings, policies and keys are in order")
    key = add("key", _key, "make a key pair that signs events or answers", settings=False)
    key.add_argument("private", type=Path)
    key.add_argument("public", type=Path)
    public = add("public-key", _public_key, "write the public half of a key in KMS", settings=False)
    public.add_argument("key", help="alias/NAME, or the key's ARN")
    public.add_argument("public", type=Path)
    public.add_argument("--region", required=True)
    rollout = add("rollout", _rollout, "begin a rollout")
    for name in ("model", "stable", "candidate"):
        rollout.add_argument(name)
    rollout.add_argument("--key", type=Path, required=True, help="your private key: it says who begins it")
    for what, words in (
        ("evaluate", "measure a version on held-out data"),
        ("watch", "compare a version's signals with their references, window by window"),
        ("end", "end a version as its events say"),
    ):
        one = add(what, _begin, words)
        one.set_defaults(what=what, stable="")
        one.add_argument("model")
        one.add_argument("version")
        one.add_argument("--key", type=Path, required=True, help="your private key: it says who begins it")
        if what == "evaluate":
            one.add_argument("--stable", default="", help="the version to compare with")
    runs = add("runs", _runs, "list runs, or show one")
    runs.add_argument("name", nargs="?", default="")
    runs.add_argument("--limit", type=int, default=50)
    runs.add_argument("--format", choices=("text", "json"), default="text")
    for name, decision in (("approve", "approved"), ("refuse", "refused"), ("abort", "aborted")):
        said = add(name, _answer, f"{name} what a run asks" if name != "abort" else "end a run")
        said.set_defaults(decision=decision)
        said.add_argument("name", metavar="run")
        said.add_argument("--key", type=Path, required=True, help="your private key: it says who you are")
    replay = add(
        "replay", _replay, "replay a run, or a folder of histories, with today's code", settings=False
    )
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="run")
    which.add_argument("--folder", type=Path)
    replay.add_argument("--settings", type=Path)
    replay.add_argument("--save", type=Path)
    return parser


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the SDK's core outlive its client, and an interpreter that ends under them aborts (temporalio 1.35.0).
    os._exit(code)
