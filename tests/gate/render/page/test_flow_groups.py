"""What is alike is one row, callers of models come first, and every flow stands in one row."""

from gate.render.page.flow_groups import FlowRow, flow_groups
from gate.report.flows import Flow


def test_nine_endpoints_are_one_row():
    flows = [
        Flow(caller="10.0.0.0/16", target=f"VPC endpoint {n}", detail="tcp 443 through a group")
        for n in range(9)
    ]
    group = flow_groups(flows)[0]
    assert (group.title, group.count, len(group.rows)) == ("From outside the mesh", 9, 1)
    assert group.rows[0].targets == tuple(f"VPC endpoint {n}" for n in range(9))


def test_callers_of_models_come_first_and_pods_last():
    found = flow_groups(
        [
            Flow(caller="p", target="models/name=chat", port="8000"),
            Flow(caller="10.0.0.0/8", target="gateway edge", detail="HTTPS"),
            Flow(caller="shop", target="model chat", detail="60 requests a minute", of_model=True),
        ]
    )
    assert [group.title for group in found] == [
        "Callers of models",
        "From outside the mesh",
        "Within the mesh",
    ]


def test_ports_of_one_way_and_callers_of_one_target_share_a_row():
    found = flow_groups(
        [
            Flow(caller="a", target="models/name=chat", port="8000"),
            Flow(caller="a", target="models/name=chat", port="9000"),
            Flow(caller="b", target="models/name=chat", port="8000"),
            Flow(caller="b", target="models/name=chat", port="9000"),
        ]
    )
    assert found[0].rows == [FlowRow(callers=("a", "b"), targets=("models/name=chat",), on="8000, 9000")]


def test_targets_of_other_kinds_do_not_share_one():
    found = flow_groups(
        [
            Flow(caller="logs", target="bucket one", detail="s3:PutObject"),
            Flow(caller="logs", target="queue one", detail="s3:PutObject"),
        ]
    )
    assert [row.targets for row in found[0].rows] == [("bucket one",), ("queue one",)]
