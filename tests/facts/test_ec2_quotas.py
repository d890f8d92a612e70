"""Which quota an instance type counts against."""

import pytest

from facts.ec2_quotas import ec2_quotas, quota_of


@pytest.mark.parametrize(
    ("kind", "spot", "code"),
    [
        ("g6.2xlarge", False, "L-DB2E81BA"),
        ("g6.2xlarge", True, "L-3819A6DF"),
        ("gr6.4xlarge", False, None),
        ("p5.48xlarge", False, "L-417A185B"),
        ("p5.48xlarge", True, "L-C4BD4855"),
        ("p5en.48xlarge", True, "L-C4BD4855"),
        ("p4d.24xlarge", True, "L-7212CCBC"),
        ("p6-b200.48xlarge", True, None),
        ("m7i.xlarge", False, "L-1216C47A"),
        ("c7g.4xlarge", True, "L-34B43A08"),
        ("inf2.xlarge", False, None),
        ("trn1.2xlarge", False, None),
    ],
)
def test_a_type_counts_against_the_quota_of_its_family(kind, spot, code):
    found = quota_of(kind, spot=spot)
    assert (found.code if found else None) == code


def test_no_code_stands_twice():
    codes = [q.code for q in ec2_quotas().quotas]
    assert sorted(codes) == sorted(set(codes))
