"""What a caller may expect of each model, read from the very objects that the gateways are given. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Object = Mapping[str, Any]
_TOO_MANY: Final = 429
_MODEL_HEADER: Final = "x-ai-eg-model"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model at the edge: who may ask it, how often, and what is said when it does not answer."""

    name: str
    is_language: bool
    callers: tuple[str, ...]
    requests: int
    """A minute for the first caller, who may ask most; 0 where nothing limits them."""
    tokens: int
    words: Mapping[int, str]
    """By status: the body that answers in the model's stead."""

    @property
    def path(self) -> str:
        return "/v1/chat/completions" if self.is_language else "/v1/embeddings"

    def body(self, words: int = 2, **more: Any) -> dict[str, Any]:
        """A request of so many words."""
        text = " ".join(["word"] * words)
        if self.is_language:
            return {
                "model": self.name,
                "messages": [{"role": "user", "content": text}],
                "max_tokens": 16,
                **more,
            }
        return {"model": self.name, "input": text, **more}


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The gateway that callers see."""

    host: str
    issuer: str
    audience: str
    models: tuple[Model, ...]


def edge_of(objects: Sequence[Object]) -> Edge:
    """The edge and its models.

    Raises:
        LookupError: there is no route of a model, or no provider of tokens.
    """
    routes = [one for one in objects if one["kind"] == "AIGatewayRoute" and one["spec"]["rules"]]
    provider = next(
        p
        for one in objects
        if one["kind"] == "SecurityPolicy"
        for p in (one["spec"].get("jwt") or {}).get("providers", ())
    )
    return Edge(
        host=routes[0]["spec"]["hostnames"][0],
        issuer=provider["issuer"],
        audience=provider["audiences"][0],
        models=tuple(_model(one, objects) for one in routes),
    )


def _model(route: Object, objects: Sequence[Object]) -> Model:
    rule = route["spec"]["rules"][0]
    name = next(
        h["value"] for m in rule["matches"] for h in m.get("headers", ()) if h["name"] == _MODEL_HEADER
    )
    policies = list(_of(objects, route["metadata"]))
    inner = [
        one
        for one in objects
        if one["kind"] == "BackendTrafficPolicy"
        and one["metadata"]["namespace"] != route["metadata"]["namespace"]
        and one["metadata"].get("labels", {}).get("slipway.dev/model") == name
    ]
    limits = [
        r
        for one in policies
        for r in ((one["spec"].get("rateLimit") or {}).get("global") or {}).get("rules", ())
    ]
    named = {
        value
        for one in policies
        for r in (one["spec"].get("authorization") or {}).get("rules", ())
        for claim in r["principal"]["jwt"]["claims"]
        for value in claim["values"]
    }
    callers = tuple(sorted(named, key=lambda one: (-_allowed(limits, one, counts="requests"), one)))
    return Model(
        name=name,
        is_language=any(
            one["kind"] == "LLMInferenceService"
            and one["metadata"].get("labels", {}).get("slipway.dev/model") == name
            for one in objects
        ),
        callers=callers,
        requests=_allowed(limits, callers[0], counts="requests"),
        tokens=_allowed(limits, callers[0], counts="tokens"),
        words={
            int(code["value"]): one["response"]["body"]["inline"]
            # What the inner gateway says of a model passes the edge as it is; limits of one model are the edge's.
            for policy in (*policies, *inner)
            for one in policy["spec"].get("responseOverride", ())
            for code in one["match"]["statusCodes"]
            if policy in policies or int(code["value"]) != _TOO_MANY
        },
    )


def _of(objects: Iterable[Object], route: Object) -> Iterable[Object]:
    """The policies of the route of this name at the edge; the inner gateway may have one of the same name."""
    for one in objects:
        if (
            one["kind"] in {"SecurityPolicy", "BackendTrafficPolicy"}
            and one["metadata"]["namespace"] == route["namespace"]
            and any(
                ref["name"] == route["name"] and ref["kind"] == "HTTPRoute"
                for ref in one["spec"].get("targetRefs", ())
            )
        ):
            yield one


def _allowed(limits: Sequence[Object], caller: str, counts: Literal["requests", "tokens"]) -> int:
    """A minute; 0 where nothing limits the caller."""
    return next(
        (
            int(rule["limit"]["requests"])
            for rule in limits
            if _names(rule, caller) and ("cost" in rule) == (counts == "tokens")
        ),
        0,
    )


def _names(rule: Object, caller: str) -> bool:
    return any(h["value"] == caller for s in rule.get("clientSelectors", ()) for h in s.get("headers", ()))
