"""What the account has of a resource that was being made when the engine ended."""

from tools.rehearsal.account.records import Record, Records
from tools.rehearsal.compare import differences
from tools.rehearsal.engine import Run
from tools.rehearsal.objects.store import Objects
from tools.rehearsal.recovery import adopt, made, settled

TABLE = "aws:ec2/routeTable:RouteTable"
ROLE = "aws:iam/role:Role"
ENTRY = "aws:eks/accessEntry:AccessEntry"
TAGS = {"stack": "dev", "Name": "network-public-routes"}


def records(*found):
    return Records(Record(**one) for one in found)


def test_a_thing_with_a_name_is_found_by_it_and_never_among_what_others_made():
    there = records({"type": ROLE, "id": "r", "settings": {"name": "r", "tagsAll": TAGS}})
    assert made({"type": ROLE, "inputs": {"name": "r"}}, there).id == "r"
    assert made({"type": ROLE, "inputs": {"name": "s", "tagsAll": TAGS}}, there) is None
    elsewhere = records({"type": ROLE, "id": "r", "settings": {"name": "r"}, "elsewhere": True})
    assert made({"type": ROLE, "inputs": {"name": "r"}}, elsewhere) is None


def test_a_thing_without_a_name_is_found_by_all_its_tags():
    there = records({"type": TABLE, "id": "rtb-1", "settings": {"tagsAll": TAGS}})
    assert made({"type": TABLE, "inputs": {"tagsAll": TAGS}}, there).id == "rtb-1"
    assert made({"type": TABLE, "inputs": {"tagsAll": {**TAGS, "Name": "other"}}}, there) is None
    assert made({"type": TABLE, "inputs": {}}, there) is None


def test_a_thing_that_joins_two_is_found_by_both():
    there = records({"type": ENTRY, "id": "c:a", "settings": {"clusterName": "c", "principalArn": "a"}})
    assert made({"type": ENTRY, "inputs": {"clusterName": "c", "principalArn": "a"}}, there).id == "c:a"
    assert made({"type": ENTRY, "inputs": {"clusterName": "c", "principalArn": "b"}}, there) is None


POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


def test_a_thing_without_name_and_tags_is_found_by_all_that_was_asked_for():
    asked = {"repository": "example/runtime", "policy": "{}", "__defaults": []}
    there = records({"type": POLICY, "id": "example/runtime", "settings": {**asked, "__defaults": ["x"]}})
    assert made({"type": POLICY, "inputs": asked}, there).id == "example/runtime"
    assert made({"type": POLICY, "inputs": {**asked, "repository": "example/other"}}, there) is None


class Commands:
    """An engine that says what it was asked to run."""

    def run(self, *words):
        return words


def test_what_aws_made_although_it_failed_is_imported_under_its_parent():
    urn = f"urn:pulumi:dev::slipway::slipway:identity:CapabilityRole${ROLE}::reader-role"
    one = {
        "type": ROLE,
        "urn": urn,
        "parent": "urn:reader",
        "provider": "urn:aws::1",
        "inputs": {"name": "r"},
    }
    other = {**one, "urn": f"{urn}-2", "inputs": {"name": "s"}}
    run = Run(command="up", code=1, seconds=1, unmade=(one, other))
    there = records({"type": ROLE, "id": "r", "settings": {"name": "r"}})

    (words,) = adopt(Commands(), "dev", run, there)

    assert words == (
        "dev", "import", ROLE, "reader-role", "r", "--parent", "parent=urn:reader", "--provider", "aws=urn:aws",
        "--protect=false", "--generate-code=false", "--skip-preview", "--yes",
    )  # fmt: skip


OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}


def state(*resources, pending=()):
    return {"deployment": {"resources": list(resources), "pending_operations": list(pending)}}


def test_what_is_lost_twice_left_or_pending_is_named(tmp_path):
    objects = Objects(tmp_path)
    one = {"type": ROLE, "urn": "a", "id": "r", "custom": True}
    role = {"type": ROLE, "id": "r", "settings": {}}
    assert differences([state(one)], records(role), objects) == []
    there = records(role, {"type": TABLE, "id": "rtb-1", "settings": {}})
    assert differences([state(one), state({**one, "urn": "b"})], there, objects) == [
        "b: is the same as a",
        f"{TABLE} rtb-1: the account has it, and the state knows nothing of it",
    ]
    pending = [{"type": "creating", "resource": {"urn": "c"}}]
    assert differences([state(one, pending=pending)], records(), objects) == [
        "c: is pending (creating)",
        "a: the state says r, and the account has none",
    ]


def test_objects_and_releases_are_compared_too(tmp_path):
    objects = Objects(tmp_path)
    known = {"type": "kubernetes:core/v1:ConfigMap", "urn": "a", "id": "c", "custom": True, "outputs": OBJECT}
    assert differences([state(known)], records(), objects) == [
        "a: the state says c, and the cluster has none"
    ]
    objects.apply(OBJECT)
    objects.install({"name": "keda", "namespace": "default", "chart": "keda"})
    assert differences([state(known)], records(), objects) == [
        "release default/keda: stands in the cluster, and the state knows nothing of it"
    ]
    assert differences([state()], records(), objects)[0] == (
        "ConfigMap c: stands in the cluster, and the state knows nothing of it"
    )


def test_what_was_made_goes_into_the_state_with_its_id_and_the_rest_is_forgotten():
    pending = [
        {"type": "creating", "resource": {"type": ROLE, "urn": "a", "inputs": {"name": "r"}}},
        {"type": "creating", "resource": {"type": ROLE, "urn": "b", "inputs": {"name": "s"}}},
    ]
    there = records({"type": ROLE, "id": "r", "settings": {"name": "r"}})
    found = settled({"version": 3, **state(pending=pending)}, there)
    made_of_it = {"type": ROLE, "urn": "a", "inputs": {"name": "r"}, "id": "r", "outputs": {}}
    assert found == {"version": 3, "deployment": {"resources": [made_of_it]}}
