"""GitHub's client as the tests have it: it writes down what it is asked, and answers what a test says."""

import json
import os
import stat
import sys

CLIENT = """#!{python}
import json, os, sys
asked = sys.argv[1:]
sent = json.load(sys.stdin) if "--input" in asked else {{}}
with open(os.environ["ASKED"], "a") as log:
    log.write(json.dumps([asked, sent]) + "\\n")
if os.environ["REFUSES"]:
    sys.exit("first line\\n" + os.environ["REFUSES"])
for words, answer in json.loads(os.environ["ANSWERS"]):
    if words == asked[: len(words)]:
        sys.stdout.write(answer)
"""
BOT = {"login": "github-actions[bot]"}


class Client:
    """A folder with a ``gh`` in it, and what it was asked to change."""

    def __init__(self, folder):
        self.folder = folder
        self._log = folder / "asked"
        (folder / "bin").mkdir()
        program = folder / "bin" / "gh"
        program.write_text(CLIENT.format(python=sys.executable), encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def environment(self, answers=(), refuses=""):
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "ASKED": str(self._log),
            "ANSWERS": json.dumps(list(answers)),
            "REFUSES": refuses,
        }

    def changes(self):
        """Method, path and what was sent, of everything that changes something."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        asked = [json.loads(line) for line in lines]
        return [(a[a.index("--method") + 1], a[1], sent) for a, sent in asked if "--method" in a]


def pulls(*pairs):
    """Open pull requests by number and newest commit, as ``gh pr list`` writes them."""
    return ["pr", "list"], json.dumps([{"number": n, "headRefOid": commit} for n, commit in pairs])


def comments(number, *pages):
    """Comments page by page, as ``gh api --paginate`` writes them: one document after the other."""
    path = f"repos/{{owner}}/{{repo}}/issues/{number}/comments?per_page=100"
    return ["api", path], "".join(json.dumps(page) for page in pages)


def issues(*pairs):
    """Open issues by number and title, as ``gh issue list`` writes them."""
    return ["issue", "list"], json.dumps([{"number": n, "title": title} for n, title in pairs])
