"""What a webhook answers that takes everything."""

from tools.rehearsal.cluster.tunnel import taken


def test_a_review_of_an_object_is_allowed() -> None:
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "7"}}
    assert taken(review) == {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": {"uid": "7", "allowed": True},
    }


def test_a_conversion_gives_back_every_object_under_the_version_asked_for() -> None:
    request = {
        "uid": "8",
        "desiredAPIVersion": "example.com/v2",
        "objects": [{"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"size": 1}}],
    }
    review = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "request": request}
    assert taken(review)["response"] == {
        "uid": "8",
        "convertedObjects": [{"apiVersion": "example.com/v2", "kind": "Thing", "spec": {"size": 1}}],
        "result": {"status": "Success"},
    }
