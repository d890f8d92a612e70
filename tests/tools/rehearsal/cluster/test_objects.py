"""What is ours in a real API server, and what Helm has installed."""

from tools.rehearsal.cluster.objects import RealObjects


class FakeApi:
    """Answers from a table of paths."""

    def __init__(self, **lists):
        self.lists = lists

    def get(self, path):
        return {
            "/apis": {"groups": []},
            "/api/v1": {
                "resources": [
                    {"name": "secrets", "kind": "Secret", "verbs": ["list"]},
                    {"name": "events", "kind": "Event", "verbs": ["list"]},
                    {"name": "pods/status", "kind": "Pod", "verbs": ["get"]},
                ]
            },
        }.get(path, {"items": self.lists.get("releases", [])})

    def metadata(self, path):
        return self.lists.get(path.rpartition("/")[2], [])


def secret(name, manager, **labels):
    meta = {"name": name, "namespace": "n", "labels": labels, "managedFields": [{"manager": manager}]}
    return {"kind": "PartialObjectMetadata", "metadata": meta}


def test_what_the_provider_has_applied_is_ours_but_for_helms_own_records():
    made = [
        secret("a", "pulumi-kubernetes-12ab"),
        secret("b", "kubectl-edit"),
        secret("sh.helm.release.v1.x.v1", "pulumi-kubernetes-12ab", owner="helm"),
    ]
    found = list(RealObjects(FakeApi(secrets=made)))
    assert [(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in found] == [
        ("v1", "Secret", "a")
    ]


def test_releases_are_read_from_helms_records():
    record = {"metadata": {"namespace": "keda", "labels": {"name": "keda", "version": "1"}}}
    assert RealObjects(FakeApi(releases=[record])).releases == {"keda/keda": {"name": "keda", "version": "1"}}
