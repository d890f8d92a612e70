"""A repository of releases in which people sign commits, and whether the one that added an event counts."""

from releases import commits
from releases.commits import Commits
from releases.people import People
from tests.gate.cli.organisation import git, key_in
from tests.releases.events_examples import appended
from tests.releases.test_state import approval

VERSION = "releases/models/minilm/v1"
NAME = "2026-11-02-approval.yaml"
EVENT = f"{VERSION}/events/{NAME}"
ANA, BEA = "ana@acme.io", "bea@acme.io"


class Checkout:
    """A repository in which Ana and Bea have keys that the list names; ``stranger`` has one that it does not."""

    def __init__(self, folder, object_format="sha1"):
        self.folder = folder
        self.keys = {}
        for who in (ANA, BEA, "stranger"):
            (folder / "keys" / who).mkdir(parents=True)
            self.keys[who] = key_in(folder / "keys" / who)
        listed = {
            who: {"roles": ["approver"], "keys": [self.keys[who].with_suffix(".pub").read_text().strip()]}
            for who in (ANA, BEA)
        }
        self.people = People.model_validate({"people": listed})
        self.root = folder / "repository"
        self.root.mkdir()
        self.git("init", "-q", "-b", "main", f"--object-format={object_format}")
        for key, value in {"user.email": "x@y.z", "user.name": "X", "gpg.format": "ssh"}.items():
            self.git("config", key, value)
        self.write("first\n", "README.md")
        self.commit()

    def git(self, *words, **environment):
        return git(self.root, *words, **environment)

    def write(self, text="kind: approval\n", file=EVENT):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, signer=None, *words):
        how = ("-c", f"user.signingkey={self.keys[signer]}") if signer else ()
        self.git("add", "-A")
        self.git(
            *how, "commit", "-q", "--allow-empty", "-S" if signer else "--no-gpg-sign", "-m", "said", *words
        )
        return self.git("rev-parse", "--short=10", "HEAD").strip()

    def against(self, who=ANA, people=None, root=None):
        """As a command of its own would find it."""
        commits._proven.clear()
        asked = Commits((root or self.root) / "releases", people or self.people)
        said = approval(2, "approved").model_copy(update={"who": who})
        asked.expect(VERSION, appended([said]), set())
        return asked.against(EVENT)
