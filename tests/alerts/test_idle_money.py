"""What idle GPUs cost, by Prometheus' own arithmetic: half a machine, a whole one, and one without a price."""

import subprocess

import yaml

from components.observability.machine_prices import price_groups
from tests.alerts.promtool import program

NODE = (
    'karpenter_nodes_allocatable{{nodepool="{pool}",node_name="{node}",resource_type="nvidia.com/gpu",'
    'instance_type="{kind}",capacity_type="on-demand",zone="a"}}'
)
HELD = 'kube_pod_container_resource_requests{{resource="nvidia_com_gpu",pod="{pod}",node="{node}"}}'


def test_the_part_of_each_machine_that_nobody_asks_for_is_paid(tmp_path):
    (tmp_path / "rules.yml").write_text(
        yaml.safe_dump({"groups": price_groups("eu-central-1", ["g6.12xlarge", "g6.2xlarge"])}),
        encoding="utf-8",
    )
    series = {
        # Four GPUs, of which one pod has one and another two: a quarter of 5.75429 is idle.
        NODE.format(pool="big", node="a", kind="g6.12xlarge"): "4",
        HELD.format(pod="p", node="a"): "1",
        HELD.format(pod="q", node="a"): "2",
        # Nobody asks for this one, and one beside it is whole in use.
        NODE.format(pool="l4", node="b", kind="g6.2xlarge"): "1",
        NODE.format(pool="l4", node="c", kind="g6.2xlarge"): "1",
        HELD.format(pod="r", node="c"): "1",
        # Idle, and of a type without a price: unknown, in no sum.
        NODE.format(pool="odd", node="d", kind="p5.48xlarge"): "8",
    }
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": f"{value}x10"} for name, value in series.items()],
                "promql_expr_test": [
                    {
                        "expr": "pool:idle_usd_per_hour",
                        "eval_time": "5m",
                        "exp_samples": [
                            {"labels": 'pool:idle_usd_per_hour{nodepool="big"}', "value": 5.75429 / 4},
                            {"labels": 'pool:idle_usd_per_hour{nodepool="l4"}', "value": 1.22249},
                        ],
                    }
                ],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test), encoding="utf-8")
    command = [program("promtool"), "test", "rules", str(tmp_path / "test.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 ours
    assert done.returncode == 0, done.stdout + done.stderr
