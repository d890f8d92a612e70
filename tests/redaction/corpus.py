"""Secrets, personal data and what callers say, all made up; and the places where they can stand.

Each value carries a word nobody else writes, so that a part that comes through is seen.
"""

PERSONAL = {
    "mail": "zoe.quince.marker@example.org",
    "iban": "DE89370400440532013000",
    "card": "4111 1111 1111 1111",
    "phone": "+49 30 901820 44",
    "ssn": "078-05-1120",
}
SECRETS = {
    "aws key": "AKIAQUINCEMARKER0001",
    "aws secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYQUINCEKEY1",
    "jwt": "eyJxdWluY2UiOiJtYXJrZXIifQ.eyJzdWIiOiJxdWluY2UifQ.c2lnbmVkLXF1aW5jZQ",
    "github": "ghp_QuinceMarker0123456789abcdefghijkl",
    "hugging face": "hf_QuinceMarkerABCDEFGHIJKLMNOP",
    "openai": "sk-QuinceMarker0123456789abcdef",
    "slack": "xoxb-1234-quincemarker",
    "bearer": "Bearer quincemarker.opaque.token",
    "url": "https://quince:marker-pass@example.org/x",
    "pem": "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIQuinceMarker\n-----END EC PRIVATE KEY-----",
    "base64": "cXVpbmNlLW1hcmtlci1pbi1ieXRlcw==",
}
KEYED = {
    "password": "quincemarker-plain",
    "api_key": "quincemarker-plain",
    "authorization": "quincemarker-plain",
    "prompt": "tell me of quincemarker and nobody else",
    "gen_ai.prompt.0.content": "tell me of quincemarker",
    "gen_ai.output.messages": "here is quincemarker",
    "completion": "quincemarker, she said",
    "messages": "quincemarker",
    "enduser.id": "quincemarker",
    "user_name": "quincemarker",
    "client.address": "quincemarker",
    "x-forwarded-for": "quincemarker",
    "session_id": "quincemarker",
}
"""What nothing but its key betrays."""
PLAIN = {**PERSONAL, **SECRETS}
KEPT = {
    "level": "info",
    "gen_ai.usage.input_tokens": 12,
    "http.response.status_code": 503,
    "k8s.pod.name": "support-chat-v1-kserve-prefill-7d9f8b6c5d-abcde",
    "k8s.namespace.name": "edge",
}
"""What must come through: a redaction that takes everything would pass every other test."""


def needles():
    """What may not come out, in any spelling of the corpus."""
    return ["quince", "Quince", "QUINCE", "cXVpbmNl", "DE8937", "4111", "901820", "078-05-1120", "K7MDENG"]


def value(one):
    if isinstance(one, dict):
        return {"kvlistValue": {"values": [{"key": k, "value": value(v)} for k, v in one.items()]}}
    if isinstance(one, list):
        return {"arrayValue": {"values": [value(v) for v in one]}}
    if isinstance(one, bytes):
        import base64  # noqa: PLC0415 one place

        return {"bytesValue": base64.b64encode(one).decode()}
    if isinstance(one, int):
        return {"intValue": str(one)}
    return {"stringValue": one}


def attributes(every):
    return [{"key": k, "value": value(v)} for k, v in every.items()]


def everything():
    """The corpus as one mapping: by value, by key, deep, in lists, as numbers, in sentences, as escaped JSON."""
    sentences = {f"said {name}": f"a call with {text} failed" for name, text in PLAIN.items()}
    deep = {"request": {"parts": [{"inner": {**PLAIN, **KEYED}}]}}
    return {
        **PLAIN,
        **KEYED,
        **sentences,
        "deep": deep,
        "list": [*PLAIN.values(), {"prompt": "quincemarker"}],
        "number": 4111111111111111,
        "escaped": '{"prompt": "quincemarker", "n": 1}',
        "twice escaped": '"{\\"prompt\\": \\"quincemarker\\"}"',
        "pair": "password=quincemarker-plain next=1",
        "header": "authorization: Basic cXVpbmNlOm1hcmtlcg==",
        "line": "Received request chat-1: prompt: 'quincemarker', params: x",
    }
