"""Encryption that protects nothing any more: ciphers, and load balancers that still speak old versions."""

import re
from typing import Final

_WEAK: Final = re.compile(
    r"(?:^|[-_])(?:(?:3?DES|RC[24]|IDEA|SEED|NULL|MD5|ADH|AECDH|anon)(?:$|[-_0-9])|EXP)", re.IGNORECASE
)
"""Broken, without a key, or without anybody at the other end (RFC 9325, section 4.2.1, read 2026-11)."""
_OLD_POLICIES: Final = (
    "ELBSecurityPolicy-2015",
    "ELBSecurityPolicy-2016",
    "ELBSecurityPolicy-FS-1-1",
    "ELBSecurityPolicy-FS-2018",
    "ELBSecurityPolicy-TLS-1-0",
    "ELBSecurityPolicy-TLS-1-1",
    "ELBSecurityPolicy-TLS13-1-0",
    "ELBSecurityPolicy-TLS13-1-1",
)
"""Policies of AWS's load balancers that accept TLS 1.0 or 1.1 (ELB user guide, "Security policies", read 2026-11)."""


def is_weak(cipher: str) -> bool:
    """Whether a cipher suite, in OpenSSL's or IANA's spelling, is among those that must not be used."""
    return _WEAK.search(cipher) is not None


def is_old(policy: str) -> bool:
    """Whether a security policy of AWS's load balancers accepts what is withdrawn."""
    return policy.startswith(_OLD_POLICIES)
