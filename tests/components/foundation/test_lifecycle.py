"""What a lifecycle means for resources; and that a whole trial takes all of it."""

from components.foundation.lifecycle import DURABLE, Lifecycle
from tests.captured import captured

TRIAL = Lifecycle(disposable=True)


def test_a_durable_platform_keeps_what_it_holds():
    assert (DURABLE.protects, DURABLE.key_deletion_days) == (True, 30)
    assert (DURABLE.log_days(365), DURABLE.lock_days(365)) == (365, 365)


def test_a_trial_keeps_nothing_longer_than_it_must():
    assert (TRIAL.protects, TRIAL.key_deletion_days) == (False, 7)
    assert (TRIAL.log_days(365), TRIAL.log_days(3), TRIAL.lock_days(365)) == (7, 3, None)


def test_nothing_of_a_trial_refuses_to_go():
    graph = captured("trial").graph
    assert [r.name for r in graph if r.protect] == []
    buckets = graph.of_type("aws:s3/bucket:Bucket")
    assert [(b.inputs["forceDestroy"], b.inputs["objectLockEnabled"]) for b in buckets] == [(True, False)] * 4
    assert graph.of_type("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration") == []
    assert {k.inputs["deletionWindowInDays"] for k in graph.of_type("aws:kms/key:Key")} == {7}
    groups = graph.of_type("aws:cloudwatch/logGroup:LogGroup")
    assert {(g.inputs["retentionInDays"], g.inputs["skipDestroy"]) for g in groups} == {(7, False)}
    [cluster] = graph.of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["deletionProtection"] is False
    repositories = graph.of_type("aws:ecr/repository:Repository")
    assert {r.inputs["name"].rpartition("/")[2]: r.inputs["forceDelete"] for r in repositories} == {
        "models": True,
        "runtime": True,
    }
    assert cluster.inputs["tagsAll"]["lifecycle"] == "disposable"


def test_a_durable_platform_protects_logs_and_addresses_too():
    graph = captured("prod").graph
    assert {g.inputs["skipDestroy"] for g in graph.of_type("aws:cloudwatch/logGroup:LogGroup")} == {True}
    assert {a.protect for a in graph.of_type("aws:ec2/eip:Eip")} == {True}
    [cluster] = graph.of_type("aws:eks/cluster:Cluster")
    assert "lifecycle" not in cluster.inputs["tagsAll"]
