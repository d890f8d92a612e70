"""The tools' servers as a process that can be killed: what it did stands in a file, as in a server's database.

``python -m tests.runtime.loops.processes.tools_process PORT FILE TOOL WHEN`` dies once, at the first call of a tool:
before it did anything, or after, while the caller waits for its answer.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from runtime.loops.suites.agents.systems import serve
from tests.runtime.loops.agents.outside import Outside
from tests.runtime.loops.processes.stack import free_port


class Lasting(Outside):
    """The same world, written down before anybody is told of it."""

    def __init__(self, file, tool, when):
        super().__init__()
        self.file, self.tool, self.when = file, tool, when
        self.died = False
        if file.exists():
            self.__dict__ |= json.loads(file.read_text())
            self.sent = [tuple(each) for each in self.sent]
            self.payments = [tuple(each) for each in self.payments]

    def _once(self, tool, key, arguments):
        dies = tool == self.tool and not self.died
        if dies:
            self.died = True
        if dies and self.when == "before":
            self._write()
            os.kill(os.getpid(), signal.SIGKILL)
        answer = super()._once(tool, key, arguments)
        self._write()
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def _write(self):
        kept = ("sent", "payments", "tickets", "answers", "counted", "died")
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps({name: getattr(self, name) for name in kept}))
        part.replace(self.file)


class ToolsProcess:
    """Runs it, and again whenever it has died, until :meth:`server_close`."""

    def __init__(self, file, tool, when):
        self.file, self.port, self.deaths = file, free_port(), 0
        self.words = [sys.executable, "-m", __name__, str(self.port), str(file), tool, when]
        self.address = f"http://127.0.0.1:{self.port}"
        self.is_over = threading.Event()
        self._start()
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()

    def _start(self):
        self.process = subprocess.Popen(self.words, cwd=Path(__file__).parents[4])
        while not self._answers():
            assert self.process.poll() is None, "the tools' server does not start"
            time.sleep(0.05)

    def _answers(self):
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def _keep(self):
        while not self.is_over.wait(0.1):
            if self.process.poll() is not None:
                self.deaths += 1
                self._start()

    def state(self):
        """Everything that effects changed, as the file has it."""
        return Lasting(self.file, "", "").state()

    def shutdown(self):
        self.is_over.set()
        self.keeper.join(30)

    def server_close(self):
        self.process.kill()
        self.process.wait(10)


def main(port, file, tool, when):
    serve(Lasting(Path(file), tool, when), int(port))
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
