import pytest

from policies.analysis.network.tls_policies import is_old, is_weak


@pytest.mark.parametrize(
    "cipher",
    [
        *("DES-CBC3-SHA", "ECDHE-RSA-DES-CBC3-SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "RC4-SHA"),
        *("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "NULL-SHA256", "EXP-RC2-CBC-MD5", "ADH-AES128-SHA"),
    ],
)
def test_broken_ciphers_are_weak(cipher):
    assert is_weak(cipher)


@pytest.mark.parametrize(
    "cipher",
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-CHACHA20-POLY1305", "AES256-SHA"],
)
def test_others_are_not(cipher):
    assert not is_weak(cipher)


def test_old_policies_of_load_balancers():
    assert is_old("ELBSecurityPolicy-2016-08")
    assert is_old("ELBSecurityPolicy-FS-2018-06")
    assert not is_old("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    assert not is_old("ELBSecurityPolicy-FS-1-2-Res-2019-08")
