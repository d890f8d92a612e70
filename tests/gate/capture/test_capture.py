"""The recorder: what it keeps, and that nothing gets past it. Mocks cannot prove that AWS accepts anything."""

import contextlib
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from components.foundation.base import PlatformComponent
from gate.capture.capture import capture
from gate.capture.outputs import Account
from gate.core.errors import CaptureError

ROOT = Path(__file__).parents[3]
ACCOUNT = Account(id="111122223333", region="eu-central-1")


def run(program, **extra):
    return capture(program, stack="test", account=ACCOUNT, root=ROOT, **extra)


class Pair(PlatformComponent):
    """A bucket and its versions."""

    TYPE = "slipway:test:Pair"

    def __init__(self, name, opts=None):
        super().__init__(name, opts)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket="named",
            tags=self.tags(f"{name}-bucket"),
            opts=self.child_opts(protect=True),
        )
        aws.s3.BucketVersioning(
            f"{name}-versions",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.child_opts(depends_on=[bucket]),
        )
        self.register_outputs({})


def by_name(captured, name):
    return next(r for r in captured.graph if r.name == name and r.custom)


def test_a_record_keeps_what_rules_ask_about():
    captured = run(lambda: Pair("pair"))
    bucket, versions = by_name(captured, "pair-bucket"), by_name(captured, "pair-versions")
    assert bucket.inputs["bucket"] == "named"
    assert bucket.protect is True
    assert bucket.parent.endswith("slipway:test:Pair::pair")
    assert bucket.outputs["arn"] == "arn:aws:s3:::named"
    assert bucket.position.startswith("tests/gate/capture/test_capture.py:")
    assert versions.inputs == {"bucket": "named", "versioningConfiguration": {"status": "Enabled"}}
    assert versions.dependencies == {bucket.urn}
    assert versions.property_dependencies == {"bucket": {bucket.urn}}


def test_default_tags_reach_taggable_resources_only():
    def program():
        provider = aws.Provider(
            "aws", region="eu-central-1", default_tags={"tags": {"owner": "me", "component": "none"}}
        )
        Pair("pair", pulumi.ResourceOptions(provider=provider))

    captured = run(program)
    assert by_name(captured, "pair-bucket").inputs["tagsAll"] == {
        "owner": "me",
        "component": "Pair",
        "Name": "pair-bucket",
    }
    assert "tagsAll" not in by_name(captured, "pair-versions").inputs


def test_what_a_component_waits_for_its_children_wait_for():
    def program():
        first = aws.sqs.Queue("first", name="first")
        Pair("pair", pulumi.ResourceOptions(depends_on=[first]))

    captured = run(program)
    first = by_name(captured, "first")
    assert first.urn in by_name(captured, "pair-bucket").dependencies


def test_a_lookup_is_refused_by_name():
    with pytest.raises(
        CaptureError,
        match=r"looked up aws:index/getCallerIdentity:getCallerIdentity; a preview without an account has no answer$",
    ):
        run(lambda: pulumi.export("who", aws.get_caller_identity_output().account_id))


def test_an_output_nobody_computes_is_not_silently_none():
    def program():
        api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
        aws.sqs.Queue("queue", name=api.api_endpoint)

    with pytest.raises(
        CaptureError,
        match=r"queue: name has no value; it comes from .*Api api, whose outputs gate/capture/outputs does not compute",
    ):
        run(program)


@pytest.mark.parametrize("whole", [True, False])
def test_tags_without_a_value_are_named_and_nothing_else_breaks(whole):
    def program():
        end = aws.apigatewayv2.Api("api", protocol_type="HTTP").api_endpoint
        aws.sqs.Queue("queue", tags=end.apply(lambda e: {"end": e}) if whole else {"end": end})

    with pytest.raises(CaptureError) as error:
        run(program)
    first, *others = error.value.problems
    assert first == (
        f"aws:sqs/queue:Queue queue: tags{'' if whole else '.end'} has no value; it comes from "
        "aws:apigatewayv2/api:Api api, whose outputs gate/capture/outputs does not compute"
    )
    assert ["this apply did not run" in other for other in others] == [True] * whole


def test_a_secret_tag_is_secret_among_all_tags_too():
    def program():
        aws.sqs.Queue("queue", tags={"who": pulumi.Output.secret("hidden"), "what": "queue"})

    queue = by_name(run(program), "queue")
    assert queue.secret_properties == {"tags.who", "tagsAll.who"}


def test_an_export_without_a_value_is_found():
    def program():
        pulumi.export("endpoint", aws.apigatewayv2.Api("api", protocol_type="HTTP").api_endpoint)

    with pytest.raises(CaptureError, match="export endpoint has no value"):
        run(program)


def test_a_component_that_raises_fails_the_capture():
    def program():
        raise RuntimeError("out of ideas")

    with pytest.raises(
        CaptureError, match=r"tests/gate/capture/test_capture.py:\d+: RuntimeError: out of ideas$"
    ):
        run(program)


def test_a_swallowed_lookup_still_fails():
    def program():
        with contextlib.suppress(Exception):  # what a careless component does
            aws.get_caller_identity()

    with pytest.raises(CaptureError, match="getCallerIdentity"):
        run(program)


def test_two_resources_of_one_name_are_refused():
    def program():
        aws.sqs.Queue("queue", name="a")
        aws.sqs.Queue("queue", name="b")

    with pytest.raises(CaptureError, match="two resources share the name queue"):
        run(program)


def test_an_unnamed_stack_reference_is_refused():
    with pytest.raises(
        CaptureError, match="refers to stack 'other', which its settings do not name as upstream"
    ):
        run(lambda: pulumi.StackReference("organization/slipway/other"))


def test_a_stack_reference_answers_with_the_captured_exports():
    def program():
        upstream = pulumi.StackReference("organization/slipway/base")
        aws.sqs.Queue(
            "queue", name=upstream.require_output("network").apply(lambda network: network["vpc_id"])
        )

    captured = run(program, upstreams={"base": {"network": {"vpc_id": "vpc-1"}}})
    assert by_name(captured, "queue").inputs["name"] == "vpc-1"


def test_two_runs_are_equal():
    def program():
        for i in range(5):
            Pair(f"pair{i}")

    assert run(program).graph.resources == run(program).graph.resources


def test_secrets_are_opened_and_marked():
    captured = run(lambda: aws.sqs.Queue("queue", name=pulumi.Output.secret("hidden")))
    queue = by_name(captured, "queue")
    assert queue.inputs["name"] == "hidden"
    assert queue.secret_properties == {"name"}
