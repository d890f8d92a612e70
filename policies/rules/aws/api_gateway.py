"""What must hold for API Gateway: it knows who calls."""

from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, text

METHOD: Final = "aws:apigateway/method:Method"
ROUTE: Final = "aws:apigatewayv2/route:Route"
API: Final = "aws:apigatewayv2/api:Api"


def _anonymous_method(method: Resource, _graph: Graph) -> Iterable[Offence]:
    verb = text(at(method.inputs, "httpMethod"), "httpMethod").upper()
    kind = text(at(method.inputs, "authorization"), "authorization").upper()
    # Browsers send OPTIONS before a call, without any credential.
    if (
        verb != "OPTIONS"
        and kind in {"", "NONE"}
        and not flag(at(method.inputs, "apiKeyRequired"), "apiKeyRequired")
    ):
        yield Offence(
            path="authorization",
            problem=f"whoever finds the address calls {verb or 'the method'}",
            value=at(method.inputs, "authorization"),
            expected="AWS_IAM, COGNITO_USER_POOLS or CUSTOM",
        )


def _anonymous_route(route: Resource, graph: Graph) -> Iterable[Offence]:
    key = text(at(route.inputs, "routeKey"), "routeKey")
    kind = text(at(route.inputs, "authorizationType"), "authorizationType").upper()
    if kind not in {"", "NONE"} or key.startswith("OPTIONS "):
        return
    # Of a WebSocket only the first message is asked who sends it.
    if key != "$connect" and any(
        text(at(api.inputs, "protocolType"), "protocolType").upper() == "WEBSOCKET"
        for api in graph.of_type(API)
        if route in pointing_at(graph, api, ROUTE, "apiId", every=True)
    ):
        return
    yield Offence(
        path="authorizationType",
        problem=f"whoever finds the address calls {key or 'the route'}",
        value=at(route.inputs, "authorizationType"),
        expected="AWS_IAM, JWT or CUSTOM",
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="api-methods-authenticate",
        severity="high",
        applies_to=(METHOD,),
        why="An open method is served, and paid for, for whoever finds it.",
        fix="Set authorization to AWS_IAM, COGNITO_USER_POOLS or CUSTOM.",
        check=_anonymous_method,
    ),
    Rule(
        id="api-routes-authenticate",
        severity="high",
        applies_to=(ROUTE,),
        why="An open route is served, and paid for, for whoever finds it.",
        fix="Set authorizationType to AWS_IAM, JWT or CUSTOM.",
        check=_anonymous_route,
        reads_graph=True,
    ),
)
