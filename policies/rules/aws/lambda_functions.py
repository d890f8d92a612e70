"""What must hold for functions of AWS Lambda: their URLs authenticate, their permissions name who calls."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.iam.accounts import homes, whole_account
from policies.analysis.iam.conditions import Condition
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_made_elsewhere
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"
_SERVICES: Final = ".amazonaws.com"


def _unauthenticated(url: Resource, _graph: Graph) -> Iterable[Offence]:
    if text(at(url.inputs, "authorizationType"), "authorizationType") == "NONE":
        yield Offence(
            path="authorizationType", problem="NONE: whoever knows the address calls it", value="NONE"
        )


def _invoked_by_anybody(permission: Resource, graph: Graph) -> Iterable[Offence]:
    who = text(at(permission.inputs, "principal"), "principal")
    organization, of_account = (
        text(at(permission.inputs, key), key) for key in ("principalOrgId", "sourceAccount")
    )
    is_named = bool(of_account) or _names_source(permission)
    if who == "*" and not (is_named or organization):
        yield Offence(path="principal", problem="anybody in any account may call it", value=who)
    elif who.endswith(_SERVICES) and not is_named:
        yield Offence(
            path="sourceAccount",
            problem=f"is not set, nor is sourceArn: {who} may call it on behalf of any account",
        )
    account = whole_account(who)
    if account and homes(graph) and account not in homes(graph) and not organization:
        yield Offence(path="principal", problem=f"whoever account {account} chooses may call it", value=who)


def _names_source(permission: Resource) -> bool:
    """Whether it is for what one resource does, or those of one account."""
    if is_made_elsewhere(permission, "sourceArn"):
        return True
    arn = text(at(permission.inputs, "sourceArn"), "sourceArn")
    return bool(arn) and Condition("arnlike", "aws:sourcearn", (arn,)).pins()


RULES: tuple[Rule, ...] = (
    Rule(
        id="lambda-urls-require-authentication",
        severity="critical",
        aliases=("function-addresses-authenticate",),
        applies_to=(FUNCTION_URL,),
        why="It is on the internet, and every call is paid for.",
        fix="Set authorizationType AWS_IAM, or put a gateway that authenticates before it.",
        check=_unauthenticated,
    ),
    Rule(
        id="lambda-permissions-name-callers",
        severity="critical",
        aliases=("functions-name-their-callers",),
        applies_to=(PERMISSION,),
        why="A service calls for whoever asks it to: without the account, another one's event runs this function.",
        fix="Set sourceAccount and sourceArn.",
        check=_invoked_by_anybody,
        reads_graph=True,
    ),
)
