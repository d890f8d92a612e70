"""The image of the loops' workers: as pinned, with all that workers import, and the policies that they ask."""

import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from facts.pins import images
from tools.runtime_image.inputs import LOOPS
from tools.runtime_image.wheels import SITE


def test_the_pin_names_what_is_built(loops):
    assert loops[0] == images()["slipway-loops"].digest


def test_workers_and_their_policies_are_in_it(loops, run_worker):
    _, root = loops
    assert (root / SITE / "policies/actions/schema.cedarschema").is_file()
    names = [
        path.with_suffix("").as_posix().replace("/", ".") for path in LOOPS.files if path.suffix == ".py"
    ]
    modules = sorted({name.removesuffix(".__init__") for name in names if not name.endswith("__main__")})
    done = run_worker("python", "-c", f"import {', '.join(modules)}; print('all')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "all\n", "")


@pytest.fixture
def origin(tmp_path):
    """A repository with one commit, over HTTP on loopback."""
    where = tmp_path / "served" / "origin"
    where.mkdir(parents=True)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    (where / "record").write_text("one", encoding="utf-8")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "first"), ("update-server-info",)):
        subprocess.run(["git", "-C", str(where), *who, *words], check=True)  # noqa: S603, S607
    handler = partial(SimpleHTTPRequestHandler, directory=str(where.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/origin/.git"
        server.shutdown()


def test_git_of_it_fetches_records_and_commits_events(loops, run_worker, volume, origin):
    """With no shell and no home of its own: what it shows a server comes from its environment."""
    _, root = loops
    bundle = (root / "etc/ssl/certs/ca-certificates.crt").read_text(encoding="ascii")
    assert bundle.count("BEGIN CERTIFICATE") > 100
    where = "/mnt/models/checkout"
    program = (
        "import subprocess\n"
        "from runtime.loops.checkout import fetch\n"
        "from runtime.loops.settings import RepositorySettings\n"
        f"asked = RepositorySettings(url='{origin}', branch='main', folder='{where}')\n"
        "fetch(asked, 'slipway-events-rollout')\n"
        "fetch(asked, 'slipway-events-rollout')\n"
        f"git = ('git', '-C', '{where}', '-c', 'user.name=a', '-c', 'user.email=a@b.c')\n"
        "subprocess.run([*git, 'commit', '-q', '--allow-empty', '-m', 'event'], check=True)\n"
        "subprocess.run([*git, 'log', '--format=%s', 'slipway-events-rollout'], check=True)\n"
    )
    done = run_worker("python", "-c", program, HOME="/mnt/models")
    assert (done.returncode, done.stdout, done.stderr) == (0, "event\nfirst\n", "")
    assert (volume / "checkout" / "record").read_text(encoding="utf-8") == "one"


def test_git_speaks_https_with_the_libraries_of_the_image(run_worker):
    done = run_worker("git", "ls-remote", "https://127.0.0.1:9/x.git")
    assert "127.0.0.1" in done.stderr
    assert "error while loading shared libraries" not in done.stderr
    assert "not a git command" not in done.stderr
