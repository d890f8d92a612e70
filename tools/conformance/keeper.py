"""Runs servers for another process and ends them when it is gone, however it went; a program of its own.

It reads one line of JSON, a list of commands, each with its log file first, starts them, and answers ``ok`` or what
went wrong. When its standard input ends (the other process finished, was interrupted or was killed) it stops them
and removes the folder it was given. Processes are ended by their own handle, never by name.
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


def main(folder: str) -> None:
    running: list[subprocess.Popen[bytes]] = []
    try:
        for line in sys.stdin:
            try:
                for log, *command in json.loads(line):
                    running.append(start(log, command))
                print("ok", flush=True)
            except OSError as error:
                print(error, flush=True)
    finally:
        stop(running)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
