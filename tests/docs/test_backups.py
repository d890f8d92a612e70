"""What keeps state stands on the page of backups, and a deleted file comes back as the page says."""

import fnmatch
import json
import re

import boto3
import pytest
from moto import mock_aws

from tests.captured import EXAMPLES, STACKS, captured
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "backups.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("Beside the stacks")[0]
STATEFUL = {
    "aws:amp/workspace:Workspace",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:docdb/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:kms/key:Key",
    "aws:opensearch/domain:Domain",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
    "kubernetes:core/v1:PersistentVolumeClaim",
}
_CLAIMS = {"volumeClaimTemplate", "volumeClaimTemplates"}


def disks(values, path=""):
    """Where a chart's values, or an object, claim a disk: the path without its last step."""
    for key, value in values.items() if isinstance(values, dict) else ():
        if key in _CLAIMS or (key == "persistence" and isinstance(value, dict) and value.get("enabled")):
            yield path
        yield from disks(value, f"{path}.{key}" if path else str(key))


def kept(stack):
    """What of a stack keeps state, as the page names it."""
    for resource in captured(stack).graph:
        if resource.type in STATEFUL and not resource.is_read:
            yield f"`{resource.name}`"
        elif resource.type == "kubernetes:helm.sh/v3:Release":
            yield from (f"`{resource.name}` `{path}`" for path in disks(resource.inputs.get("values") or {}))
        elif resource.object is not None and not resource.rendered:
            yield from (f"`{resource.name}`" for _ in disks(resource.inputs.get("spec") or {}))


def on_page():
    return re.findall(
        r"`[^`]+`(?: `[a-z][A-Za-z]+\.[^`]+`)?", "\n".join(re.findall(r"(?m)^\|([^|]*)\|", TABLE))
    )


def missing(found, named):
    return sorted(one for one in found if not any(fnmatch.fnmatch(one, each) for each in named))


@pytest.mark.parametrize("stack", [*STACKS, *EXAMPLES])
def test_everything_that_keeps_state_stands_on_the_page(stack):
    assert missing(set(kept(stack)), on_page()) == []


def test_what_is_not_on_the_page_is_seen():
    assert missing({"`model-store-models-bucket`", "`new-bucket`"}, on_page()) == ["`new-bucket`"]


def test_everything_on_the_page_is_kept_by_some_stack():
    every = {one for stack in [*STACKS, *EXAMPLES] for one in kept(stack)}
    assert sorted(named for named in on_page() if not fnmatch.filter(every, named)) == []


def test_a_state_that_was_overwritten_comes_back_by_the_commands_of_the_page(monkeypatch):
    """With versions, as the bootstrap makes the state bucket; the one that is asked for, and not the last."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    key, bucket = ".pulumi/stacks/slipway/dev.json", "state"
    states = [json.dumps({"checkpoint": {"latest": {"resources": [n]}}}).encode() for n in range(3)]
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for state in states:
            s3.put_object(Bucket=bucket, Key=key, Body=state)
        listed = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
        assert [one["IsLatest"] for one in listed] == [True, False, False]
        source = f"{bucket}/{key}?versionId={listed[1]['VersionId']}"
        s3.copy_object(Bucket=bucket, Key=key, CopySource=source)
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == states[1]
        # What was wrong is kept too: whoever looks later finds it.
        assert len(s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]) == 4


def test_a_deleted_file_comes_back_by_the_commands_of_the_page(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    versioning = next(
        r.inputs["versioningConfiguration"]["status"]
        for r in captured("dev").graph.of_type("aws:s3/bucketVersioning:BucketVersioning")
        if r.name.startswith("model-store-models")
    )
    key = "minilm-v1/model.safetensors"
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="models")
        s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": versioning})
        s3.put_object(Bucket="models", Key=key, Body=b"weights")
        s3.delete_object(Bucket="models", Key=key)
        assert "Contents" not in s3.list_objects_v2(Bucket="models")
        [marker] = s3.list_object_versions(Bucket="models", Prefix="minilm-v1/")["DeleteMarkers"]
        s3.delete_object(Bucket="models", Key=key, VersionId=marker["VersionId"])
        assert s3.get_object(Bucket="models", Key=key)["Body"].read() == b"weights"
