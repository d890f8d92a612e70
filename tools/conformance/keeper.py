"""Runs servers for another process and ends them when it is gone, however it went; a program of its own.

It reads lines of JSON. A list of commands, each with its log file first: they are started. The name of a log file: the
server that writes it is killed, as by ``kill -9``. It answers ``ok`` or what went wrong. When its standard input ends
(the other process finished, was interrupted or was killed) it stops them and removes the folder it was given.
Processes are ended by their own handle, never by name.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

GRACE_SECONDS = 10


def start(log: str, command: list[str]) -> subprocess.Popen[bytes]:
    with Path(log).open("ab") as out:
        return subprocess.Popen(  # noqa: S603 the commands come from the process that started this one
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )


def stop(running: list[subprocess.Popen[bytes]]) -> None:
    """End them, the one started last first."""
    for process in reversed(running):
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill(running: dict[str, subprocess.Popen[bytes]], log: str) -> None:
    """End one at once; what it was doing is not finished."""
    process = running.pop(log)
    process.kill()
    process.wait()


def main(folder: str) -> None:
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                if isinstance(asked, str):
                    kill(running, asked)
                else:
                    running |= {log: start(log, command) for log, *command in asked}
                print("ok", flush=True)
            except (KeyError, OSError) as error:
                print(error, flush=True)
    finally:
        stop(list(running.values()))
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
