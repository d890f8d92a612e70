"""A fork becomes an organisation's own by one command: everything, or nothing."""

import shutil
from pathlib import Path

import pytest

from facts.strict_yaml import load
from gate.core import whole
from gate.evaluate.code_owners import CODEOWNERS
from stacks.load import SettingsError, read_stack, stack_names
from tests.conftest import ROOT
from tests.gate.cli.organisation import git, key_in, organisation, run

ACME = ("--organisation=acme", "--account=444455556666", "--region=us-east-1", "--domain=acme.io")
EXAMPLE = (
    "--organisation=example",
    "--account=111122223333",
    "--region=eu-central-1",
    "--domain=example.com",
)
DAY = "--today=2026-12-01"


@pytest.fixture
def mine(tmp_path):
    root = organisation(tmp_path)
    shutil.copytree(ROOT / "bootstrap/stacks", root / "bootstrap/stacks")
    shutil.copytree(ROOT / "bootstrap/permissions", root / "bootstrap/permissions")
    (root / "policies").mkdir()
    shutil.copy(ROOT / "policies/waivers.yaml", root / "policies")
    (root / ".github").mkdir()
    shutil.copy(ROOT / CODEOWNERS, root / CODEOWNERS)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    return root


def init(mine, *words):
    return run("init", *words, f"--from={mine}")


def texts(mine):
    return {
        str(path.relative_to(mine)): path.read_text()
        for path in sorted(mine.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def problems(mine):
    found = []
    for name in stack_names(mine / "stacks"):
        try:
            read_stack(name, mine / "stacks")
        except SettingsError as error:
            found += error.lines
    return found


def test_every_file_says_whose_it_is_and_nothing_is_left_of_the_example(mine):
    code, out = init(mine, *ACME)
    assert (code, problems(mine)) == (0, [])
    assert "policies/waivers.yaml accepts findings in your name: slipway waivers lists them" in out
    for name, text in texts(mine).items():
        if name.startswith(("stacks/Pulumi", "bootstrap", "policies")):
            assert [
                word for word in ("111122223333", "eu-central-1", "example-prod") if word in text
            ] == [], name
    prod = (mine / "stacks/Pulumi.prod.yaml").read_text()
    assert "principal_arn: arn:aws:iam::444455556666:role/acme-prod-models-deploy\n" in prod
    assert "      hostname: models.prod.acme.io\n" in prod
    assert not (mine / "releases/models/support-chat").exists()


def test_a_model_that_stays_waits_for_decisions_of_ones_own(mine, tmp_path_factory):
    code, out = init(mine, *ACME, "--model=minilm")
    assert (code, out.count("to decide: stacks/Pulumi.dev.yaml: models.minilm.versions.v1")) == (0, 2)
    assert len(problems(mine)) == 6
    assert not (mine / "releases/people.yaml").exists()
    for command, who, role in (
        ("review", "law@acme.io", "reviewer"),
        ("approve", "risk@acme.io", "approver"),
    ):
        key = key_in(tmp_path_factory.mktemp(role))
        assert run("people", "add", who, f"--role={role}", f"--key={key}.pub", f"--from={mine}")[0] == 0
        said = (f"--who={who}", "--evidence=read", f"--sign={key}")
        assert run("release", command, "minilm/v1", *said, DAY, f"--from={mine}")[0] == 0
    assert problems(mine) == []


def test_there_and_back_leaves_what_was_there(mine):
    before = texts(mine)
    init(mine, *ACME)
    init(mine, *EXAMPLE)
    assert problems(mine) == []
    after = texts(mine)
    same = ("bootstrap/", "policies/", "stacks/Pulumi.prod.yaml", "stacks/Pulumi.staging.yaml")
    waivers = "policies/waivers.yaml"
    assert [n for n in after if n.startswith(same) and n != waivers and after[n] != before[n]] == []
    agents = {"agents-notifications", "agents-replication"}
    assert set(load(before[waivers], waivers)) - set(load(after[waivers], waivers)) == agents
    assert init(mine, *EXAMPLE)[1].splitlines()[-1] == "every file says so already"


def test_a_half_edited_fork_is_taken_as_it_is(mine):
    file = mine / "stacks/Pulumi.prod.yaml"
    file.write_text(
        file.read_text()
        .replace("organisation: example", "organisation: other")
        .replace("111122223333", "444455556666", 1)
    )
    file = mine / "stacks/Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("models.dev.example.com", "llm.acme.io"))
    assert init(mine, *ACME)[0] == 0
    assert problems(mine) == []
    assert "role/acme-prod-models-deploy" in (mine / "stacks/Pulumi.prod.yaml").read_text()


def test_environments_that_do_not_stay_go_with_what_is_made_of_them(mine):
    code, _ = init(
        mine,
        *ACME,
        "--environment=prod",
        "--owner=models",
        "--issuer=https://id.acme.io",
        "--repository=acme/llm",
    )
    assert (code, stack_names(mine / "stacks"), problems(mine)) == (0, ["prod", "prod-models"], [])
    assert sorted(path.name for path in (mine / "bootstrap/permissions").iterdir()) == [
        "prod-models.json",
        "prod.json",
    ]
    account = (mine / "bootstrap/stacks/Pulumi.account.yaml").read_text()
    assert "    stacks: [prod, prod-models]\n" in account
    assert "repository: acme/llm\n" in account
    prod = (mine / "stacks/Pulumi.prod.yaml").read_text()
    assert "jwks_uri: https://id.acme.io/.well-known/jwks.json\n" in prod
    assert "      owner: models\n" in prod
    owners = (mine / CODEOWNERS).read_text()
    assert ("@example" in owners, "/policies/                  @acme/security\n" in owners) == (False, True)
    assert "model-risk" not in owners
    assert "stacks: [prod, trial]" in (mine / "policies/waivers.yaml").read_text()


def test_a_pool_that_the_region_has_not_goes_unless_a_model_needs_it(mine):
    assert (
        init(mine, "--organisation=acme", "--account=444455556666", "--region=eu-west-1", "--domain=acme.io")[
            0
        ]
        == 0
    )
    assert "gpu_pools: {}" in (mine / "stacks/Pulumi.dev.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--organisation=acme"], ["--account: AWS account (twelve digits)", "--region: Region"]),
        ([*ACME, "--model=support-chat"], ["--model support-chat: its record is illustrative"]),
        ([*ACME, "--model=nope", "--environment=test"], ["--model nope: has no record; there are minilm, support-chat",
                                                         "--environment test: no stack is of it; there are dev, prod"]),
        ([*ACME[:1], "--account=7", "--region=us-esat-1", "--domain=acme.io"],
         ["platform.account: should be 12 digits, in quotes", "platform.region: no region of AWS; did you mean us-"]),
        ([*EXAMPLE[:2], "--region=ap-south-1", "--domain=x.io", "--model=minilm"], ["it may run in eu-central-1"]),
    ],
)  # fmt: skip
def test_what_cannot_hold_changes_nothing(mine, words, said):
    before = texts(mine)
    code, out = init(mine, *words)
    assert (code, texts(mine)) == (2, before)
    assert [line for line in said if line not in out] == []


def test_an_interruption_changes_nothing(mine, monkeypatch):
    before = texts(mine)
    real, count = Path.write_text, []

    def interrupted(path, text, **_):
        if path.parent.parent == mine and path.parent.name.startswith(".slipway-"):
            count.append(path)
        if len(count) == 5:
            raise KeyboardInterrupt
        return real(path, text)

    monkeypatch.setattr(whole.Path, "write_text", interrupted)
    init(mine, *ACME)
    monkeypatch.undo()
    assert (len(count), texts(mine)) == (5, before)


def test_questions_are_asked_of_whoever_sits_there(mine, monkeypatch):
    answers = iter(["acme", "444455556666", "us-east-1", "acme.io", "minilm"])
    offered = []

    def prompt(_question, default=None, **_):
        offered.append(default)
        return next(answers)

    monkeypatch.setattr("gate.cli.init.typer.prompt", prompt)
    from gate.cli.init import run as asked  # noqa: PLC0415 beside what it replaces

    given = dict.fromkeys(("organisation", "account", "region", "domain"), "")
    others = dict.fromkeys(("owner", "cost_center", "issuer", "repository"), "")
    asked(given, others, None, None, is_asked=True, source=mine)
    assert offered == ["example", "111122223333", "eu-central-1", None, ""]
    assert "organisation: acme" in (mine / "stacks/Pulumi.dev.yaml").read_text()
    assert "minilm:" in (mine / "stacks/Pulumi.dev.yaml").read_text()
