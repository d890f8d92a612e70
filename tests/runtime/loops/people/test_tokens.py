"""Tokens: whose they are, and every way in which they are not."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from runtime.loops.people.tokens import Issuer

KEY = ec.generate_private_key(ec.SECP256R1())
JWK = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "ES256"}
ISSUER = Issuer("https://id.example.com", "slipway", {"keys": [JWK]})


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def token(key=KEY, kid="1", **changes):
    claims = {
        "iss": "https://id.example.com",
        "aud": "slipway",
        "iat": NOW,
        "exp": NOW + timedelta(minutes=5),
        "email": "ana@example.com",
        "email_verified": True,
        **changes,
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})


def test_a_token_says_who_somebody_is():
    assert ISSUER.who(token(), NOW) == "ana@example.com"


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (token(aud="another"), "Audience doesn't match"),
        (token(iss="https://evil.example.com"), "Invalid issuer"),
        (token(exp=NOW - timedelta(seconds=30)), "the token is refused: it has expired"),
        (token(iat=NOW + timedelta(seconds=31)), "the token is refused: it is not valid yet"),
        (token(nbf=NOW + timedelta(hours=1)), "the token is refused: it is not valid yet"),
        (token(exp="soon"), "exp should be a time in seconds"),
        (token(exp=float("nan")), "exp should be a time in seconds"),
        (token(key=ec.generate_private_key(ec.SECP256R1())), "Signature verification failed"),
        (token(kid="2"), "the issuer has no key '2'"),
        (token(email="ana"), "its claim email should be an address"),
        (token(email_verified=False), "the issuer did not verify the address"),
        ("", "Not enough segments"),
        (jwt.encode({"email": "ana@example.com"}, "x" * 40, algorithm="HS256", headers={"kid": "1"}), "alg"),
    ],
)
def test_a_token_that_is_not_theirs_is_refused(wrong, because):
    with pytest.raises(PermissionError, match=because):
        ISSUER.who(wrong, NOW)
