"""Who holds a token: an OpenID Connect JWT of the issuer that settings name, verified with its keys."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt

_ADDRESS: Final = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
_ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
"""No shared secrets, and no `none`."""
_LEEWAY_SECONDS: Final = 30


@dataclass(frozen=True)
class Issuer:
    """An issuer, for whom its tokens must be, and its keys (JWKS). ``claim`` holds the person's address."""

    issuer: str
    audience: str
    keys: Mapping[str, Any]
    claim: str = "email"

    def who(self, token: str, now: datetime) -> str:
        """The person's address. ``now`` is steady: a system's clock that is set back makes no old token new.

        Raises:
            PermissionError: the token is not the issuer's, not for us, expired, or names nobody.
        """
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self._key(kid)
            claims = jwt.decode(
                token,
                key=key,
                algorithms=list(_ALGORITHMS),
                audience=self.audience,
                issuer=self.issuer,
                # When is asked below: the library would read the system's clock.
                options={
                    "require": ["exp", "iat", "iss", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError as error:
            raise PermissionError(f"the token is refused: {error}") from None
        if untimely := _untimely(claims, now.timestamp()):
            raise PermissionError(f"the token is refused: {untimely}")
        who = claims.get(self.claim)
        if not isinstance(who, str) or not _ADDRESS.match(who):
            raise PermissionError(
                f"the token names nobody: its claim {self.claim} should be an address (got {who!r})"
            )
        if self.claim == "email" and claims.get("email_verified") is False:
            raise PermissionError(f"the issuer did not verify the address {who}")
        return who

    def _key(self, kid: object) -> Any:
        for one in self.keys.get("keys", ()):
            if kid is None or one.get("kid") == kid:
                return jwt.PyJWK(one).key
        raise PermissionError(f"the token is refused: the issuer has no key {kid!r}")


def keys_of(text: str) -> Mapping[str, Any]:
    """A JWKS document.

    Raises:
        ValueError: it is none.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("keys"), list):
        raise ValueError("should be a JWKS document: an object with keys")  # noqa: TRY004 it is a file's content
    return data


def _untimely(claims: Mapping[str, Any], now: float) -> str:
    """Why a token does not count now; empty where it does."""
    for name in ("exp", "iat", "nbf"):
        said = claims.get(name, 0)
        if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
            return f"{name} should be a time in seconds (got {said!r})"
    if claims["exp"] + _LEEWAY_SECONDS <= now:
        return "it has expired"
    if max(claims["iat"], claims.get("nbf", 0)) - _LEEWAY_SECONDS > now:
        return "it is not valid yet"
    return ""
