"""Commands that make a fork one's own: ``slipway init``, ``stack new`` and ``model new``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gate.cli.options import From, examples
from gate.core.errors import GateError

stack = typer.Typer(help="Stack files.", no_args_is_help=True)
model = typer.Typer(help="Models in stack files.", no_args_is_help=True)
people = typer.Typer(help="Who may decide about releases.", no_args_is_help=True)
_EXAMPLE = (
    "init --organisation acme --account 444455556666 --region eu-west-1 --domain acme.io --model minilm"
)


def add_adoption(app: typer.Typer) -> None:
    """Add these commands to the others."""
    app.command(epilog=examples(_EXAMPLE))(init)
    stack.command("new", epilog=examples("stack new prod-west --like prod --region us-east-1"))(stack_new)
    model.command("new", epilog=examples("model new reranker --stack dev --pool l4"))(model_new)
    app.add_typer(stack, name="stack")
    app.add_typer(model, name="model")
    people.command("list")(people_list)
    people.command(
        "add", epilog=examples("people add ana@acme.io --role approver --key ana.pub --github @ana")
    )(people_add)
    people.command("codeowners")(people_codeowners)
    app.add_typer(people, name="people")


def init(
    *,
    organisation: Annotated[str, typer.Option(help="2 to 12 lower-case letters and digits.")] = "",
    account: Annotated[str, typer.Option(help="The AWS account, twelve digits.")] = "",
    region: Annotated[str, typer.Option(help="Such as eu-central-1.")] = "",
    domain: Annotated[str, typer.Option(help="Models answer at models.ENVIRONMENT.DOMAIN.")] = "",
    environment: Annotated[
        list[str] | None, typer.Option(help="An environment that stays; all if left out. Repeat it.")
    ] = None,
    stay: Annotated[
        list[str] | None,
        typer.Option("--model", help="An example model that stays; none if left out. Repeat it."),
    ] = None,
    owner: Annotated[str, typer.Option(help="The tag owner.", show_default="as it is")] = "",
    cost_center: Annotated[str, typer.Option(help="The tag cost-center.", show_default="as it is")] = "",
    issuer: Annotated[
        str, typer.Option(help="Who issues callers' tokens: https://...", show_default="as it is")
    ] = "",
    repository: Annotated[
        str, typer.Option(help="OWNER/NAME of the fork on GitHub.", show_default="as it is")
    ] = "",
    source: From = None,
) -> None:
    """Make this checkout an organisation's own: stack files, waivers, and decisions that nobody of it made."""
    from gate.cli.init import run  # noqa: PLC0415 as in preview

    given = {"organisation": organisation, "account": account, "region": region, "domain": domain}
    others = {"owner": owner, "cost_center": cost_center, "issuer": issuer, "repository": repository}
    run(given, others, environment, stay, is_asked=sys.stdin.isatty(), source=source)


def stack_new(
    name: Annotated[str, typer.Argument(help="The new stack, such as prod-west.")],
    *,
    like: Annotated[str, typer.Option(help="The stack it is a copy of.", metavar="STACK")],
    environment: Annotated[
        str, typer.Option(help="Its environment.", show_default="the name without dashes")
    ] = "",
    region: Annotated[str, typer.Option(show_default="as the other's")] = "",
    account: Annotated[str, typer.Option(show_default="as the other's")] = "",
    upstream: Annotated[
        str, typer.Option(help="The stack it stands on.", show_default="as the other's")
    ] = "",
    source: From = None,
) -> None:
    """Write a stack file that is another one's copy, in a region, account or environment of its own."""
    from gate.cli.stack_new import StackNew, write_stack  # noqa: PLC0415 as in preview

    write_stack(StackNew(name, like, environment, region, account, upstream), source)


def model_new(
    name: Annotated[str, typer.Argument(help="The model; it has a record.")],
    *,
    into: Annotated[str, typer.Option("--stack", help="The stack whose file is changed.")],
    version: Annotated[str, typer.Option(help="Which version.", show_default="the newest")] = "",
    pool: Annotated[
        str, typer.Option(help="The pool it runs on.", show_default="the one that may hold it")
    ] = "",
    caller: Annotated[
        list[str] | None, typer.Option(help="Who may call it: NAME or NAME=SUBJECT. Repeat it.")
    ] = None,
    source: From = None,
) -> None:
    """Enter a model into a stack file, with one version that answers everything."""
    from gate.cli.stack_new import write_model  # noqa: PLC0415 as in preview

    write_model(name, into, (version, pool), _callers(caller or []), source)


def _callers(said: list[str]) -> dict[str, str]:
    found = {}
    for each in said:
        name, _, subject = each.partition("=")
        if not name:
            raise GateError(f"--caller: should be NAME or NAME=SUBJECT (got {each!r})")
        found[name] = subject or name
    return found


def people_list(source: From = None) -> None:
    """List who may decide, and how one knows that it was they."""
    from gate.cli.people import show  # noqa: PLC0415 as in preview

    show(source)


def people_add(
    who: Annotated[str, typer.Argument(help="The address.")],
    *,
    role: Annotated[list[str], typer.Option(help="reviewer or approver. Repeat it.")],
    key: Annotated[
        Path | None,
        typer.Option(help="The public half of an ed25519 SSH key, or a public GPG key.", show_default=False),
    ] = None,
    github: Annotated[str, typer.Option(help="Who is asked for a review there: @NAME or @ORG/TEAM.")] = "",
    source: From = None,
) -> None:
    """Write somebody into releases/people.yaml, for review."""
    from gate.cli.people import add  # noqa: PLC0415 as in preview

    add(who, role, key.expanduser() if key else None, github, source)


def people_codeowners(
    *,
    write: Annotated[bool, typer.Option("--write", help="Write them into .github/CODEOWNERS.")] = False,
    source: From = None,
) -> None:
    """Print the lines of CODEOWNERS that the list makes; 1 where the file says otherwise."""
    from gate.cli.people import codeowners  # noqa: PLC0415 as in preview

    raise typer.Exit(codeowners(source, is_written=write))
